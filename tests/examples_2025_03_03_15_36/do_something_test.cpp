// The stand-in for work: what it prints, what it returns, and that it takes its time.
#include "examples_2025_03_03_15_36/do_something.hpp"

#include <vector>

#include "tests/captured_output.hpp"
#include "tests/catch.hpp"

using namespace std::chrono_literals;

TEST_CASE("do_something says that it starts, sleeps, and returns that it slept",
          "[do_something]") {
  const auto [duration, written] =
      GENERATE(table<std::chrono::duration<double>, std::string>(
          {{0s, "0"}, {0.01s, "0.01"}, {0.1s, "0.1"}, {1s, "1"}, {1.1s, "1.1"}}));
  std::string result;
  const auto start = std::chrono::steady_clock::now();
  const std::string output =
      captured_output([&, length = duration] { result = do_something(length); });
  const auto taken = std::chrono::steady_clock::now() - start;

  CHECK(output == "starting to sleep for " + written + " second(s)\n");
  CHECK(result == "slept for " + written + " second(s)");
  CHECK(taken >= duration);
}

TEST_CASE("do_something prints its line before it sleeps, whole, from many threads",
          "[do_something]") {
  constexpr int threads = 20;
  const std::string output = captured_output([] {
    std::vector<std::jthread> all;
    for (int i = 0; i < threads; ++i) all.emplace_back(do_something, 0.25s);
  });
  std::string expected;
  for (int i = 0; i < threads; ++i)
    expected += "starting to sleep for 0.25 second(s)\n";
  CHECK(output == expected);
}
