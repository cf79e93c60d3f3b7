/*
Five processes

Five processes run the same function, each with a number of its own. A process is made
with what it shall call, then started, then joined, and what it prints is all that
it shares with the others. What its function returns goes nowhere: to the one who
started it, a process leaves its exit code.

Ports: multiprocessing_simpleargs.py :cite:p:`hellmann_multiprocessing`

    $ examples_2017_09_09_12_16/example_1
    a-e| worker: {0..4}
*/
#include <fmt/core.h>

#include <cstdio>
#include <vector>

#include "examples_2017_09_09_12_16/process.hpp"

void worker(int number) {
  fmt::print("worker: {}\n", number);
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too

  std::vector<Process> processes;
  for (int number = 0; number < 5; ++number) {
    processes.emplace_back(worker, number);
    processes.back().start();
  }

  int failed = 0;
  for (Process& process : processes) {
    process.join();
    if (process.exit_code() != 0) ++failed;
  }
  return failed == 0 ? 0 : 1;
}
