/*
Squares and cubes

The squares of five numbers, then their cubes, with a short sleep before each: one after
the other, then in two threads. The threads sleep side by side, so they take half the
time. :claim:`the same sleeps take about half the time in two threads:
cpp printed_count_4 < 0.75 * cpp printed_count_2`

Ports: ex_multi_threading.py :cite:p:`codebasics_threading`

    $ examples_2017_09_09_12_15/ex_multi_threading
       one after the other
       the square of 2 is 4
       the square of 17 is 289
       the square of 8 is 64
       the square of 9 is 81
       the square of -1 is 1
       the cube of 2 is 8
       the cube of 17 is 4913
       the cube of 8 is 512
       the cube of 9 is 729
       the cube of -1 is -1
       cpu : ~0.00000<1.00000
       wall: ~2.00000
       in two threads
    a| the square of 2 is 4
    a| the square of 17 is 289
    a| the square of 8 is 64
    a| the square of 9 is 81
    a| the square of -1 is 1
    b| the cube of 2 is 8
    b| the cube of 17 is 4913
    b| the cube of 8 is 512
    b| the cube of 9 is 729
    b| the cube of -1 is -1
       cpu : ~0.00000<1.00000
       wall: ~1.00000
*/
#include <fmt/core.h>

#include <cstdio>
#include <thread>
#include <vector>

#include "examples_2017_09_09_12_15/timer.hpp"
#include "examples_2025_03_03_15_36/thread_names.hpp"

using namespace std::chrono_literals;

void print_squares(const std::vector<int>& numbers) {
  for (const int number : numbers) {
    std::this_thread::sleep_for(200ms);
    fmt::print("the square of {} is {}\n", number, number * number);
  }
}

void print_cubes(const std::vector<int>& numbers) {
  for (const int number : numbers) {
    std::this_thread::sleep_for(200ms);
    fmt::print("the cube of {} is {}\n", number, number * number * number);
  }
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const std::vector numbers{2, 17, 8, 9, -1};
  Timer timer;

  fmt::print("one after the other\n");
  timer.start();
  print_squares(numbers);
  print_cubes(numbers);
  timer.stop();
  fmt::print("{}\n", timer.report());

  fmt::print("in two threads\n");
  timer.restart();
  std::jthread squares(print_squares, std::cref(numbers));
  std::jthread cubes(print_cubes, std::cref(numbers));
  name_thread(squares, "squares");
  name_thread(cubes, "cubes");
  squares.join();
  cubes.join();
  timer.stop();
  fmt::print("{}\n", timer.report());
}
