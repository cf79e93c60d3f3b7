/*
Sleeping threads

Threads that sleep at the same time, as many as are asked for. They share their
process's memory, and still the kernel has a stack and a record for each, and each has a
stack of its own.

Ports: the row "scalability" of the talk's table :cite:p:`grinberg_async`

    $ examples_2026_11_22_10_00/5_2_sleeping_threads --tasks 10
    10 threads created after ~0.000<60.000 s, 10 of them asleep at once
    10 woken after ~1.000<60.000 s, with ~0.000000<60.000000 s of CPU time
    ~0<100000000 bytes of memory each
    ~0<100000000 in pages, ~0<100000000 in page tables, ~0<100000000 in kernel stacks, ~0<100000000 in records
*/
#include <atomic>
#include <cstdio>
#include <stdexcept>
#include <thread>
#include <vector>

#include "examples_2026_11_22_10_00/sleeper_limits.hpp"
#include "examples_2026_11_22_10_00/sleeper_options.hpp"
#include "examples_2026_11_22_10_00/sleepers.hpp"

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const SleeperOptions options = sleeper_options(TaskKind::threads, argc, argv);
  set_limits(options);
  Sleepers sleepers(options);
  std::atomic<std::size_t> arrived = 0, woken = 0;
  std::vector<std::jthread> threads;
  threads.reserve(sleepers.tasks());
  try {
    for (std::size_t task = 0; task < sleepers.tasks(); ++task) {
      sleepers.check_machine(task);
      threads.emplace_back([&, task] {
        ++arrived;
        arrived.notify_one();
        std::this_thread::sleep_for(sleepers.length_of(task));
        ++woken;
      });
    }
  } catch (const std::runtime_error& error) {
    sleepers.limit_met(error);
  }
  for (std::size_t now; (now = arrived) < threads.size();) arrived.wait(now);
  sleepers.created(threads.size(), threads.size() - woken);

  for (std::jthread& thread : threads) thread.join();
  return sleepers.woken(woken);
}
