/*
Two threads

The same call on two threads: both are started before either is waited for, so they
sleep side by side, and the program takes hardly longer than one of them.
:claim:`two sleeps on two threads take less than two in a row: cpp reported < 2 * 1.1`
What a call returns goes nowhere: a thread has no place for it, and nothing here
prints it.

Ports: file_3_1.py :cite:p:`schafer_threading`

    $ examples_2025_03_03_15_36/3_1_two_threads
    a| starting to sleep for 1.1 second(s)
    b| starting to sleep for 1.1 second(s)
       the program finished after ~1.10 second(s)
*/
#include <cstdio>
#include <thread>

#include "examples_2025_03_03_15_36/do_something.hpp"
#include "examples_2025_03_03_15_36/report_finished.hpp"
#include "examples_2025_03_03_15_36/thread_names.hpp"

using namespace std::chrono_literals;

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const auto start = std::chrono::steady_clock::now();

  std::jthread first(do_something, 1.1s);
  std::jthread second(do_something, 1.1s);
  name_thread(first, "first");
  name_thread(second, "second");

  first.join();
  second.join();

  report_finished(start);
}
