/*
One call after the other

Two calls that sleep for one second each, made one after the other on one thread:
the second starts when the first has returned, so their times add up.
:claim:`two sleeps of a second, one after the other, take two: cpp reported >= 2`

Ports: file_1.py :cite:p:`schafer_threading`

    $ examples_2025_03_03_15_36/1_sequential
    starting to sleep for 1 second(s)
    slept for 1 second(s)
    starting to sleep for 1 second(s)
    slept for 1 second(s)
    the program finished after ~2.00 second(s)
*/
#include <cstdio>

#include "examples_2025_03_03_15_36/do_something.hpp"
#include "examples_2025_03_03_15_36/report_finished.hpp"

using namespace std::chrono_literals;

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const auto start = std::chrono::steady_clock::now();

  fmt::print("{}\n", do_something(1s));
  fmt::print("{}\n", do_something(1s));

  report_finished(start);
}
