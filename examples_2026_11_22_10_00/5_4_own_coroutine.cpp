/*
What is a coroutine made of?

The same sleepers with a coroutine type and a queue of timers of the book's own, which
can do nothing else: one frame and one entry of a queue for each task.

    $ examples_2026_11_22_10_00/5_4_own_coroutine --tasks 1000
    1000 coroutines created after ~0.000<60.000 s, 1000 of them asleep at once
    1000 woken after ~1.000<60.000 s, with ~0.000000<60.000000 s of CPU time
    ~0<1000000 bytes of memory each
*/
#include <chrono>
#include <cstdio>
#include <exception>

#include "examples_2026_11_22_10_00/sleeper_limits.hpp"
#include "examples_2026_11_22_10_00/sleeper_options.hpp"
#include "examples_2026_11_22_10_00/sleepers.hpp"
#include "examples_2026_11_22_10_00/timer_queue.hpp"

std::size_t woken = 0;  // not a parameter: each frame would have a place for it

SleepingTask sleeper(SleepUntil wake_up) {
  co_await wake_up;
  ++woken;
}

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const SleeperOptions options = sleeper_options(TaskKind::coroutines, argc, argv);
  set_limits(options);
  Sleepers sleepers(options);
  TimerQueue queue;
  std::size_t created = 0;
  try {
    for (; created < sleepers.tasks(); ++created) {
      sleepers.check_machine(created);
      queue.start(
          sleeper(std::chrono::steady_clock::now() + sleepers.length_of(created)));
    }
  } catch (const std::exception& error) {
    sleepers.limit_met(error);
  }
  sleepers.created(created, queue.size());

  queue.run();
  return sleepers.woken(woken);
}
