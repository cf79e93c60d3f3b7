/*
A lock, and what is none

Two threads change one variable, which begins at 0: one adds 1, the other subtracts 2.
Each reads it, and writes what follows from what it read. Over many trials it is counted
what the variable is in the end: without a lock, with a lock of its own for each thread,
and with one lock for both.

Ports: the critical section of :cite:p:`stanford_threading`

    $ examples_2017_09_09_12_15/lock
    no lock: x is -2 in ~1<1000 of 1000 trials
    no lock: x is -1 in ~1<1000 of 1000 trials
    no lock: x is 1 in ~1<1000 of 1000 trials
    a lock for each: x is -2 in ~1<1000 of 1000 trials
    a lock for each: x is -1 in ~1<1000 of 1000 trials
    a lock for each: x is 1 in ~1<1000 of 1000 trials
    one lock: x is -1 in 1000 of 1000 trials
*/
#include <fmt/core.h>

#include <atomic>
#include <barrier>
#include <cstdio>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <thread>

#include "examples_2025_03_03_15_36/thread_names.hpp"

using namespace std::chrono_literals;

constexpr int trials = 1000;

// To read it and to write it is one step each; what is between the two is not.
std::atomic<int> x;

void change_x(int by, std::mutex* x_lock, bool pause) {
  std::unique_lock<std::mutex> guard;
  if (x_lock) guard = std::unique_lock(*x_lock);
  const int read = x.load(std::memory_order_relaxed);
  if (pause) std::this_thread::sleep_for(100us);
  x.store(read + by, std::memory_order_relaxed);
}

void count_outcomes(const std::string& what, std::mutex* first_lock,
                    std::mutex* second_lock) {
  std::map<int, int> outcomes;
  // A trial is over when both have changed x; then both begin the next one.
  std::barrier both(2, [&outcomes]() noexcept { ++outcomes[x.exchange(0)]; });
  const auto change_often = [&both](int by, std::mutex* x_lock) {
    // In half of the trials it pauses where that does most harm.
    std::minstd_rand random(by == 1 ? 1 : 2);
    std::bernoulli_distribution pause(0.5);
    for (int trial = 0; trial < trials; ++trial) {
      change_x(by, x_lock, pause(random));
      both.arrive_and_wait();
    }
  };

  std::jthread first(change_often, 1, first_lock);
  std::jthread second(change_often, -2, second_lock);
  name_thread(first, "add 1");
  name_thread(second, "subtract 2");
  first.join();
  second.join();
  for (const auto& [outcome, count] : outcomes)
    fmt::print("{}: x is {} in {} of {} trials\n", what, outcome, count, trials);
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  std::mutex one, other;
  count_outcomes("no lock", nullptr, nullptr);
  count_outcomes("a lock for each", &one, &other);
  count_outcomes("one lock", &one, &one);
}
