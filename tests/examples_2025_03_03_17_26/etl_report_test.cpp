// What etl prints, on a terminal and elsewhere.
#include "examples_2025_03_03_17_26/etl_report.hpp"

#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "tests/captured_output.hpp"
#include "tests/catch.hpp"

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

namespace {

const Transformed done{.failure = "", .seconds = 0.5, .bytes = 1'000'000};

/// What an action writes to standard error while that is a terminal, or else a pipe.
template <class Action>
std::string errors_of(bool terminal, const char* kind, const Action& action) {
  std::array<int, 2> ends{};
  if (terminal)
    REQUIRE(::openpty(ends.data(), &ends[1], nullptr, nullptr, nullptr) == 0);
  else
    REQUIRE(::pipe(ends.data()) == 0);
  const int before = ::dup(STDERR_FILENO);
  ::dup2(ends[1], STDERR_FILENO);
  ::close(ends[1]);
  ::setenv("TERM", kind, 1);
  captured_output(action);
  ::dup2(before, STDERR_FILENO);
  ::close(before);
  std::string text;
  std::array<char, 4096> bytes;
  for (ssize_t size; (size = ::read(ends[0], bytes.data(), bytes.size())) > 0;)
    text.append(bytes.data(), static_cast<std::size_t>(size));
  ::close(ends[0]);
  return text;
}

}  // namespace

TEST_CASE("A line says how long a sound took, and one how long all did",
          "[etl_report]") {
  const std::string printed = captured_output([] {
    EtlReport report(2);
    report.add("sounds/one.wav", done);
    report.add("two.wav", done);
    report.finish();
    CHECK(report.failures() == 0);
  });
  CHECK_THAT(printed, ContainsSubstring("one.wav completed in 0.5000 s: 2 MB/s\n"
                                        "two.wav completed in 0.5000 s: 2 MB/s\n"
                                        "etl took 0.0"));
  CHECK_THAT(printed, ContainsSubstring(" s in all: "));
}

TEST_CASE("A failure is counted, and no line of standard output", "[etl_report]") {
  CHECK(captured_output([] {
          EtlReport report(1);
          report.add("one.wav", {.failure = "is empty"});
          CHECK(report.failures() == 1);
        }) == "");
}

TEST_CASE("A terminal shows how far it is, and in the end nothing of it",
          "[etl_report]") {
  const auto report_two = [] {
    EtlReport report(2, 0s);
    report.show_progress("making 1 of 2 files");
    report.add("one.wav", done);
    report.add("two.wav", {.failure = "is empty"});
  };
  const std::string shown = errors_of(true, "xterm", report_two);
  CHECK_THAT(shown,
             ContainsSubstring("making 1 of 2 files\r\x1b[K1 of 2 files\r\x1b[K"));
  CHECK_THAT(shown, ContainsSubstring("two.wav: is empty\r\n"));
  CHECK(shown.ends_with("is empty\r\n"));
  CHECK(errors_of(true, "dumb", report_two).find("of 2 files") == std::string::npos);
  CHECK(errors_of(false, "xterm", report_two).find("of 2 files") == std::string::npos);
}

TEST_CASE("What is done soon shows nothing of how far it is", "[etl_report]") {
  CHECK(errors_of(true, "xterm", [] {
          EtlReport report(2, 1h);
          report.show_progress("making 1 of 2 files");
          report.add("one.wav", done);
        }) == "");
}
