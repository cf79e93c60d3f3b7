/*
Sleeping processes

Processes that sleep at the same time, as many as are asked for: each says that it is
there, sleeps, and ends. The kernel wakes each of them. What they cost is more than what
they have in their own memory: the kernel has page tables, a stack and records for each.
:claim:`a process takes more than its own pages:
sleepers counts[style=processes; tasks=1000] memory_bytes
/ parts[part=processes: its own pages] memory_bytes > 1.2`

Ports: the row "scalability" of the talk's table :cite:p:`grinberg_async`

    $ examples_2026_11_22_10_00/5_1_sleeping_processes --tasks 10
    10 processes created after ~0.000<60.000 s, 10 of them asleep at once
    10 woken after ~1.000<60.000 s, with ~0.000000<60.000000 s of CPU time
    ~0<100000000 bytes of memory each
    ~0<100000000 in pages, ~0<100000000 in page tables, ~0<100000000 in kernel stacks, ~0<100000000 in records
*/
#include <unistd.h>

#include <cstdio>
#include <thread>
#include <vector>

#include "examples_2017_09_09_12_16/process.hpp"
#include "examples_2026_11_22_10_00/sleeper_limits.hpp"
#include "examples_2026_11_22_10_00/sleeper_options.hpp"
#include "examples_2026_11_22_10_00/sleepers.hpp"
#include "program/file_descriptor.hpp"
#include "program/system_error.hpp"

// A pipe into which each process writes a byte before it sleeps.
class Arrivals {
 public:
  void arrive() {
    program::throw_on_error(::write(pipe_.writer.get(), "", 1), "write");
  }
  // Waits until so many have arrived, or all that could have ended.
  std::size_t wait_for(std::size_t count) {
    pipe_.writer.reset();
    std::size_t arrived = 0;
    for (char byte = 0; arrived < count && ::read(pipe_.reader.get(), &byte, 1) == 1;)
      ++arrived;
    return arrived;
  }

 private:
  program::PipeEnds pipe_ = program::make_pipe();
};

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const SleeperOptions options = sleeper_options(TaskKind::processes, argc, argv);
  set_limits(options);
  Sleepers sleepers(options);
  Arrivals asleep;
  std::vector<Process> processes;
  processes.reserve(sleepers.tasks());
  try {
    for (std::size_t task = 0; task < sleepers.tasks(); ++task) {
      sleepers.check_machine(task);
      Process process({.name = "sleeper", .daemon = true}, [&, task] {
        asleep.arrive();
        std::this_thread::sleep_for(sleepers.length_of(task));
      });
      process.start();
      processes.push_back(std::move(process));
    }
  } catch (const std::runtime_error& error) {
    sleepers.limit_met(error);
  }
  const std::size_t arrived = asleep.wait_for(processes.size());
  std::size_t woken = 0;
  for (Process& process : processes) woken += process.is_alive() ? 0 : 1;
  sleepers.created(processes.size(), arrived - woken);

  woken = 0;
  for (Process& process : processes) {
    process.join();
    woken += process.exit_code() == 0 ? 1 : 0;
  }
  return sleepers.woken(woken);
}
