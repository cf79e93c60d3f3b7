/*
Ten threads

Ten threads, started in one loop, kept in a container, and joined in a second loop:
joining each one inside the first loop would bring back the sequential program.
Ten sleeps take hardly longer than one.
:claim:`ten sleeps on ten threads take less than two in a row: cpp reported < 2 * 1.2`

Ports: file_3_2.py :cite:p:`schafer_threading`

    $ examples_2025_03_03_15_36/3_2_ten_threads
    a-j| starting to sleep for 1.2 second(s)
         the program finished after ~1.20 second(s)
*/
#include <cstdio>
#include <thread>
#include <vector>

#include "examples_2025_03_03_15_36/do_something.hpp"
#include "examples_2025_03_03_15_36/report_finished.hpp"
#include "examples_2025_03_03_15_36/thread_names.hpp"

using namespace std::chrono_literals;

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const auto start = std::chrono::steady_clock::now();

  std::vector<std::jthread> threads;
  for (int number = 1; number <= 10; ++number) {
    threads.emplace_back(do_something, 1.2s);
    name_thread(threads.back(), fmt::format("thread {}", number));
  }

  for (std::jthread& thread : threads) thread.join();

  report_finished(start);
}
