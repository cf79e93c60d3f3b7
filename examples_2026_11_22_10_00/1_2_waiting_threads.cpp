/*
Ten waits in ten threads

The same ten waits in ten threads of one process. A thread makes the same plain call as
a process does, and it is the kernel that lets it sleep and wakes it.

Ports: the talk's column "multiple threads" :cite:p:`grinberg_async`

    $ examples_2026_11_22_10_00/1_2_waiting_threads
       ten waits begin
    a| wait 1 is over: thread #1 slept in the kernel ~1<50 time(s)
    b| wait 2 is over: thread #2 slept in the kernel ~1<50 time(s)
    c| wait 3 is over: thread #3 slept in the kernel ~1<50 time(s)
    d| wait 4 is over: thread #4 slept in the kernel ~1<50 time(s)
    e| wait 5 is over: thread #5 slept in the kernel ~1<50 time(s)
    f| wait 6 is over: thread #6 slept in the kernel ~1<50 time(s)
    g| wait 7 is over: thread #7 slept in the kernel ~1<50 time(s)
    h| wait 8 is over: thread #8 slept in the kernel ~1<50 time(s)
    i| wait 9 is over: thread #9 slept in the kernel ~1<50 time(s)
    j| wait 10 is over: thread #10 slept in the kernel ~1<50 time(s)
       the program finished after ~0.50<2.50 second(s)
*/
#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <thread>
#include <vector>

#include "examples_2025_03_03_15_36/report_finished.hpp"
#include "examples_2025_03_03_15_36/thread_names.hpp"
#include "examples_2026_11_22_10_00/voluntary_switches.hpp"

using namespace std::chrono_literals;

void wait(int number) {
  const long before = voluntary_switches();
  std::this_thread::sleep_for(500ms);
  const long switches = voluntary_switches() - before;
  fmt::print("wait {} is over: thread {} slept in the kernel {} time(s)\n", number,
             ::gettid(), switches);
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const auto start = std::chrono::steady_clock::now();
  fmt::print("ten waits begin\n");

  std::vector<std::jthread> threads;
  for (int number = 1; number <= 10; ++number) {
    threads.emplace_back(wait, number);
    name_thread(threads.back(), fmt::format("wait {}", number));
  }

  for (std::jthread& thread : threads) thread.join();

  report_finished(start);
}
