// What the programs share that are built with ThreadSanitizer for the book's sake: they
// end with the first report, and of that they show the two accesses and the place in
// memory. Left out are frames in the standard library, which differ from version to
// version, where the mutexes and threads come from, and the summary, which says the
// same again.
//
// All of this is called by the sanitizer's runtime in the middle of its work: no memory
// is allocated, and no function called that it intercepts.
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming): the names
// that the sanitizer's runtime library looks for.
extern "C" {

void __sanitizer_set_report_fd(void* descriptor);
const char* __tsan_default_options();
void __sanitizer_on_print(const char* text);

const char* __tsan_default_options() {
  return "halt_on_error=1:print_module_map=0:stack_trace_format='    %f %s:%l'";
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)

namespace {

std::array<char, 4096> line;
std::size_t length = 0;
bool is_shown = true;

::iovec piece(std::string_view text) {
  return {const_cast<char*>(text.data()), text.size()};
}

void show(std::string_view text) {
  for (const std::string_view start : {"  Mutex", "  Thread", "SUMMARY"})
    if (text.starts_with(start)) is_shown = false;
  if (text.starts_with("====")) is_shown = true;
  const std::size_t path = text.rfind("examples_");
  const bool is_of_a_library =
      text.starts_with("    ") && path == std::string_view::npos;
  if (!is_shown || text == "\n" || is_of_a_library) return;

  // What stands before the project's own part of a path is where it was built.
  std::array<::iovec, 2> pieces{piece(text), piece("")};
  if (path != std::string_view::npos)
    pieces = {piece(text.substr(0, text.rfind(' ', path) + 1)),
              piece(text.substr(path))};
  ::syscall(SYS_writev, STDERR_FILENO, pieces.data(), pieces.size());
}

[[gnu::constructor]] void take_the_report() {
  const std::intptr_t nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  __sanitizer_set_report_fd(reinterpret_cast<void*>(nowhere));
}

}  // namespace

// It comes in pieces.
// NOLINTNEXTLINE(bugprone-reserved-identifier, readability-identifier-naming): as above
void __sanitizer_on_print(const char* text) {
  for (; *text; ++text) {
    line[length++] = *text;
    if (*text != '\n' && length < line.size()) continue;
    show(std::string_view(line.data(), length));
    length = 0;
  }
}
