/*
Ten waits in ten processes

Ten processes wait for half a second each, side by side. Each of them makes the same
plain call, and the kernel lets it sleep. While it sleeps the other nine need not know
of it.

Ports: the talk's column "multiple processes" :cite:p:`grinberg_async`

    $ examples_2026_11_22_10_00/1_1_waiting_processes
       ten waits begin
    a| wait 1 is over: process #1 slept in the kernel ~1<50 time(s)
    b| wait 2 is over: process #2 slept in the kernel ~1<50 time(s)
    c| wait 3 is over: process #3 slept in the kernel ~1<50 time(s)
    d| wait 4 is over: process #4 slept in the kernel ~1<50 time(s)
    e| wait 5 is over: process #5 slept in the kernel ~1<50 time(s)
    f| wait 6 is over: process #6 slept in the kernel ~1<50 time(s)
    g| wait 7 is over: process #7 slept in the kernel ~1<50 time(s)
    h| wait 8 is over: process #8 slept in the kernel ~1<50 time(s)
    i| wait 9 is over: process #9 slept in the kernel ~1<50 time(s)
    j| wait 10 is over: process #10 slept in the kernel ~1<50 time(s)
       the program finished after ~0.50<2.50 second(s)
*/
#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <thread>
#include <vector>

#include "examples_2017_09_09_12_16/process.hpp"
#include "examples_2025_03_03_15_36/report_finished.hpp"
#include "examples_2026_11_22_10_00/voluntary_switches.hpp"

using namespace std::chrono_literals;

void wait(int number) {
  const long before = voluntary_switches();
  std::this_thread::sleep_for(500ms);
  const long switches = voluntary_switches() - before;
  fmt::print("wait {} is over: process {} slept in the kernel {} time(s)\n", number,
             ::getpid(), switches);
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const auto start = std::chrono::steady_clock::now();
  fmt::print("ten waits begin\n");

  std::vector<Process> processes;
  for (int number = 1; number <= 10; ++number) {
    processes.emplace_back(ProcessOptions{.name = fmt::format("wait {}", number)}, wait,
                           number);
    processes.back().start();
  }

  for (Process& process : processes) process.join();

  report_finished(start);
}
