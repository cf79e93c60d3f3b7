// How often a thread has waited in the kernel: its own waits, and no other thread's.
#include "examples_2026_11_22_10_00/voluntary_switches.hpp"

#include <chrono>
#include <thread>

#include "tests/catch.hpp"

using namespace std::chrono_literals;

namespace {

void sleep_often(int times) {
  for (int i = 0; i < times; ++i) std::this_thread::sleep_for(1ms);
}

}  // namespace

TEST_CASE("voluntary_switches counts each sleep of the thread",
          "[voluntary_switches]") {
  const long before = voluntary_switches();
  sleep_often(100);
  // One that is kept from a core while it goes to sleep may find that its time is over.
  CHECK(voluntary_switches() - before >= 90);
}

TEST_CASE("voluntary_switches does not count another thread's",
          "[voluntary_switches]") {
  const long before = voluntary_switches();
  long others = 0;
  std::thread([&others] {
    sleep_often(100);
    others = voluntary_switches();
  }).join();
  CHECK(others >= 90);
  CHECK(voluntary_switches() - before < 90);  // it waited for the thread's end
}
