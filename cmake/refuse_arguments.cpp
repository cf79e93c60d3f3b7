// Linked into every program that takes no options: refuses any argument before
// main begins, so that `int main()` can stay as short as the book prints it. On
// Linux a constructor function receives what main would.
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

namespace {

[[gnu::constructor]] void refuse_arguments(int count, char** arguments) {
  if (count <= 1) return;
  ::dprintf(STDERR_FILENO, "%s: takes no arguments, got '%s'\n",
            program_invocation_short_name, arguments[1]);
  ::_exit(2);
}

}  // namespace
