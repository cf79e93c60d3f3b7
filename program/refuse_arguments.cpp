// Linked into every program that takes no options: refuses any argument before
// main begins, so that `int main()` can stay as short as the book prints it. On
// Linux a constructor function receives what main would.
#include <unistd.h>

#include "program/error_line.hpp"

namespace {

[[gnu::constructor]] void refuse_arguments(int count, char** arguments) {
  if (count <= 1) return;
  print_error_line("takes no arguments, got '", arguments[1], "'");
  ::_exit(2);
}

}  // namespace
