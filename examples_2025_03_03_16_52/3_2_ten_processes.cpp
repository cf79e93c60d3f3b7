/*
Ten processes

Ten processes, started in one loop, kept in a container, and joined in a second
loop: joining each one inside the first loop would bring back the sequential
program. Ten sleeps take hardly longer than one.
:claim:`ten sleeps in ten processes take less than two in a row: cpp reported < 2 * 1.2`

Ports: file_3_2.py :cite:p:`schafer_multiprocessing`

    $ examples_2025_03_03_16_52/3_2_ten_processes
    a-j| starting to sleep for 1.2 second(s)
         the program finished after ~1.20 second(s)
*/
#include <cstdio>
#include <vector>

#include "examples_2017_09_09_12_16/process.hpp"
#include "examples_2025_03_03_15_36/do_something.hpp"
#include "examples_2025_03_03_15_36/report_finished.hpp"

using namespace std::chrono_literals;

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const auto start = std::chrono::steady_clock::now();

  std::vector<Process> processes;
  for (int number = 1; number <= 10; ++number) {
    processes.emplace_back(ProcessOptions{.name = fmt::format("process {}", number)},
                           do_something, 1.2s);
    processes.back().start();
  }

  for (Process& process : processes) process.join();

  report_finished(start);
}
