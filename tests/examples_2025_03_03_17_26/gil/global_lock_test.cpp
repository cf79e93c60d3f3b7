// The lock of our own: one holder at a time, and nobody is kept waiting for ever.
#include "examples_2025_03_03_17_26/gil/global_lock.hpp"

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include "tests/catch.hpp"

using namespace std::chrono_literals;

TEST_CASE("One thread at a time holds the global lock", "[global_lock]") {
  GlobalLock lock(0ms);
  constexpr int threads = 4, steps = 1'000;
  int counted = 0;  // by whoever holds the lock
  std::atomic<int> holders = 0, most = 0;
  {
    std::vector<std::jthread> all;
    for (int n = 0; n < threads; ++n)
      all.emplace_back([&] {
        lock.take();
        for (int step = 0; step < steps; ++step) {
          if (++holders > 1) most = 2;
          const int before = counted;
          std::this_thread::yield();  // where another thread would come in
          counted = before + 1;
          --holders;
          lock.offer();
        }
        lock.drop();
      });
  }
  CHECK(most == 0);
  CHECK(counted == threads * steps);
}

TEST_CASE("A holder that only offers the lock does not keep it", "[global_lock]") {
  GlobalLock lock(1ms);
  int taken = 0;        // by the other thread, under the lock
  int for_nothing = 0;  // offers that gave the lock away, and nobody took it
  std::atomic<long> offers = 0;
  std::latch held(1);
  std::jthread holder([&](const std::stop_token& stop) {
    lock.take();
    held.count_down();
    while (!stop.stop_requested()) {
      const int before = taken;
      if (lock.offer() && taken == before) ++for_nothing;
      ++offers;
    }
    lock.drop();
  });
  held.wait();
  for (int n = 0; n < 50; ++n) {  // each of them waits for the holder's offer
    lock.take();
    ++taken;
    lock.drop();
    // Until the holder has it back: the next one has to wait, too.
    for (const long seen = offers; offers == seen;) std::this_thread::yield();
  }
  holder.request_stop();
  holder.join();
  CHECK(taken == 50);
  CHECK(for_nothing == 0);
}

TEST_CASE("A lock that nobody wants is kept through any number of offers",
          "[global_lock]") {
  GlobalLock lock(0ms);
  lock.take();
  for (int n = 0; n < 1'000'000; ++n)
    if (lock.offer()) FAIL("given away to nobody");
  lock.drop();
  lock.take();
  lock.drop();
}
