// Linked into every program. An exception that nobody catches, on whichever
// thread, ends the program with one line on standard error and exit code 1,
// where the language's own way is several lines and SIGABRT.
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <exception>

#include "program/error_line.hpp"

namespace {

// Neither formats into memory of its own nor flushes standard output: memory may
// have run out, and another thread may hold the stream, waiting for a slow reader.
// Nothing is lost by that: the programs write whole lines, each at once. Nothing is
// destroyed either, since other threads still run; what must not outlive the program
// outside of it, such as a temporary directory, is removed by std::at_quick_exit.
[[noreturn]] void end(const char* what) {
  print_error_line("error: ", what, "");
  std::quick_exit(EXIT_FAILURE);
}

[[noreturn]] void report_exception_and_end() {
  // Threads may fail side by side: the first one speaks, and ends all others.
  static std::atomic_flag ending;
  while (ending.test_and_set()) ::pause();

  const std::exception_ptr exception = std::current_exception();
  if (!exception) std::abort();  // not an error of the run but one of the program
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& error) {
    end(error.what());
  } catch (...) {
    end("an exception that is no std::exception");
  }
}

[[gnu::constructor]] void before_main() {
  std::set_terminate(report_exception_and_end);
}

}  // namespace
