#include "examples_2025_03_03_17_26/gil/one_and_two_threads.hpp"

#include <algorithm>
#include <latch>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/captured_output.hpp"
#include "tests/catch.hpp"

TEST_CASE("Two pieces run on the caller's thread, then one on each of two",
          "[one_and_two_threads]") {
  std::mutex mutex;
  std::vector<std::pair<std::string, std::thread::id>> seen;
  std::latch both(2);
  const std::string output = captured_output([&] {
    one_and_two_threads([&](const std::string& thread) {
      {
        const std::lock_guard lock(mutex);
        seen.emplace_back(thread, std::this_thread::get_id());
      }
      if (thread != "main") both.arrive_and_wait();  // they are there at the same time
      return 7;
    });
  });
  CHECK(std::count(output.begin(), output.end(), '\n') == 3);
  std::sort(seen.begin() + 2, seen.end());
  REQUIRE(seen.size() == 4);
  CHECK(seen[0] == std::pair(std::string("main"), std::this_thread::get_id()));
  CHECK(seen[1] == seen[0]);
  CHECK(seen[2].first == "first");
  CHECK(seen[3].first == "second");
  CHECK(seen[2].second != seen[0].second);
  CHECK(seen[3].second != seen[2].second);
}

TEST_CASE("Pieces whose results differ are an error", "[one_and_two_threads]") {
  const auto differ = [] {
    one_and_two_threads(
        [](const std::string& thread) { return thread == "second" ? 1LL : 0LL; });
  };
  CHECK_THROWS_AS(captured_output(differ), std::logic_error);
}
