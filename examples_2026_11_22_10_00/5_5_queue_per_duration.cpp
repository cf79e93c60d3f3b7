/*
One queue for each duration

Where many tasks sleep for the same time, as those that all wait for an answer for 30
seconds at most, no heap is needed: who began first wakes first. A list through the
frames themselves is the queue.

    $ examples_2026_11_22_10_00/5_5_queue_per_duration --tasks 1000 --durations 10
    1000 coroutines created after ~0.000<60.000 s, 1000 of them asleep at once
    1000 woken after ~1.000<60.000 s, with ~0.000000<60.000000 s of CPU time
    ~0<1000000 bytes of memory each
*/
#include <cstdio>
#include <deque>
#include <exception>

#include "examples_2026_11_22_10_00/duration_queue.hpp"
#include "examples_2026_11_22_10_00/sleeper_limits.hpp"
#include "examples_2026_11_22_10_00/sleeper_options.hpp"
#include "examples_2026_11_22_10_00/sleepers.hpp"

std::size_t woken = 0;

QueuedTask sleeper(DurationQueue& duration) {
  co_await duration;
  ++woken;
}

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const SleeperOptions options = sleeper_options(TaskKind::coroutines, argc, argv, 10);
  set_limits(options);
  Sleepers sleepers(options);
  std::deque<DurationQueue> queues;
  for (std::uint64_t number = 0; number < sleepers.durations(); ++number)
    queues.emplace_back(sleepers.length(number));
  std::size_t created = 0;
  try {
    for (; created < sleepers.tasks(); ++created) {
      sleepers.check_machine(created);
      resume_task(sleeper(queues[sleepers.length_number(created)]).release());
    }
  } catch (const std::exception& error) {
    sleepers.limit_met(error);
  }
  sleepers.created(created, created - woken);

  run(queues);
  return sleepers.woken(woken);
}
