/*
Two threads of C++

Two pieces of work that only compute: on one thread, one after the other, and then on
two threads, side by side. Nothing holds one of them back, and on two cores they take
half the time. :claim:`two threads take about half the time of one on two cores:
gil cpp_threads_speed_up_ratio > 1.5, given machine cores >= 2`

    $ examples_2025_03_03_17_26/gil/cpp_threads
    one thread, both pieces: ~0.00<60.00 second(s)
    two threads, one each:   ~0.00<60.00 second(s)
    speed-up: ~0.00<100.00
*/
#include <cstdio>

#include "examples_2025_03_03_17_26/gil/collatz.hpp"
#include "examples_2025_03_03_17_26/gil/one_and_two_threads.hpp"

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too

  one_and_two_threads([](const std::string&) { return collatz_steps(700'000); });
}
