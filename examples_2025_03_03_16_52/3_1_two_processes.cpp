/*
Two processes

The same call in two processes: both are started before either is waited for, so
they sleep side by side, and the program takes hardly longer than one of them.
:claim:`two sleeps in two processes take less than two in a row: cpp reported < 2 * 1.1`
What a call returns goes nowhere: it is a value in another process's memory.

Ports: file_3_1.py :cite:p:`schafer_multiprocessing`

    $ examples_2025_03_03_16_52/3_1_two_processes
    a| starting to sleep for 1.1 second(s)
    b| starting to sleep for 1.1 second(s)
       the program finished after ~1.10 second(s)
*/
#include <cstdio>

#include "examples_2017_09_09_12_16/process.hpp"
#include "examples_2025_03_03_15_36/do_something.hpp"
#include "examples_2025_03_03_15_36/report_finished.hpp"

using namespace std::chrono_literals;

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const auto start = std::chrono::steady_clock::now();

  Process first({.name = "first"}, do_something, 1.1s);
  Process second({.name = "second"}, do_something, 1.1s);
  first.start();
  second.start();

  first.join();
  second.join();

  report_finished(start);
}
