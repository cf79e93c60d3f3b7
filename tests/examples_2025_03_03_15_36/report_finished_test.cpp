// The last line of every program.
#include "examples_2025_03_03_15_36/report_finished.hpp"

#include <string>

#include "tests/captured_output.hpp"
#include "tests/catch.hpp"

using namespace std::chrono_literals;

TEST_CASE("report_finished prints the time since the start, with two decimals",
          "[report_finished]") {
  const auto ago = GENERATE(0ms, 1104ms, 12'344ms);
  const auto start = std::chrono::steady_clock::now() - ago;
  const std::string output = captured_output([&] { report_finished(start); });
  const std::chrono::duration<double> since = std::chrono::steady_clock::now() - start;

  const std::string before = "the program finished after ";
  const std::string after = " second(s)\n";
  REQUIRE(output.starts_with(before));
  REQUIRE(output.ends_with(after));
  const std::string number =
      output.substr(before.size(), output.size() - before.size() - after.size());
  CHECK(number.find('.') == number.size() - 3);
  // Rounded to the nearest hundredth.
  CHECK(std::stod(number) >= std::chrono::duration<double>(ago).count() - 0.0051);
  CHECK(std::stod(number) <= since.count() + 0.0051);
}
