// A program that has no options and fails, with the lines that the book's page "A
// listing on its own" gives to copy.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <thread>

int main(int argc, char** argv) {
  // begin
  // Arguments are refused rather than ignored.
  if (argc > 1) {
    std::fprintf(stderr, "%s: takes no arguments, got '%s'\n", argv[0], argv[1]);
    return 2;
  }
  // An exception that nobody catches, on whichever thread, ends the program with one
  // line, and runs what std::at_quick_exit was given.
  std::set_terminate([] {
    try {
      if (const auto exception = std::current_exception())
        std::rethrow_exception(exception);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "error: %s\n", error.what());
      std::quick_exit(EXIT_FAILURE);
    } catch (...) {
      std::fputs("error: an exception that is no std::exception\n", stderr);
      std::quick_exit(EXIT_FAILURE);
    }
    std::abort();
  });
  // end
  std::at_quick_exit([] { std::fputs("removed\n", stderr); });
  std::thread([] { throw std::runtime_error("no more"); }).join();
}
