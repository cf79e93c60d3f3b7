/*
Two threads of C++ under one global lock

The threads of the program before, and a lock that each must hold while it takes a step,
as the interpreter's threads do. Every step is fast C++, there may be a core for each,
and nothing is gained. :claim:`two threads under one lock are no faster than one:
gil own_lock_speed_up_ratio < 1.2`

    $ examples_2025_03_03_17_26/gil/own_lock
         main: step 1 of 4
         main: step 2 of 4
         main: step 3 of 4
         main: step 4 of 4
         main: step 1 of 4
         main: step 2 of 4
         main: step 3 of 4
         main: step 4 of 4
         one thread, both pieces: ~0.00<60.00 second(s)
    a-b| {first,second}: step 1 of 4
    a-b| {first,second}: step 2 of 4
    a-b| {first,second}: step 3 of 4
    a-b| {first,second}: step 4 of 4
         two threads, one each:   ~0.00<60.00 second(s)
         speed-up: ~0.00<100.00
*/
#include <fmt/core.h>

#include <cstdio>

#include "examples_2025_03_03_17_26/gil/collatz.hpp"
#include "examples_2025_03_03_17_26/gil/global_lock.hpp"
#include "examples_2025_03_03_17_26/gil/one_and_two_threads.hpp"

using namespace std::chrono_literals;

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  GlobalLock global_lock(5ms);                    // as long as that of CPython

  one_and_two_threads([&](const std::string& thread) {
    long long steps = 0;
    global_lock.take();
    for (int step = 1; step <= 4; ++step) {
      steps += collatz_steps(170'000);
      fmt::print("{}: step {} of 4\n", thread, step);
      global_lock.offer();  // who has waited for 5 ms is next
    }
    global_lock.drop();
    return steps;
  });
}
