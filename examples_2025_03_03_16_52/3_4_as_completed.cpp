/*
Ten calls in a pool of processes

Ten calls run side by side in a pool of ten processes, and their results come as
they complete: the range that ``map_unordered`` returns waits for the next one,
whichever it is. An exception that a call threw would come out of the loop.

Ports: file_3_4.py :cite:p:`schafer_multiprocessing`

    $ examples_2025_03_03_16_52/3_4_as_completed
    a-j| starting to sleep for 1.4 second(s)
         slept for 1.4 second(s)
         slept for 1.4 second(s)
         slept for 1.4 second(s)
         slept for 1.4 second(s)
         slept for 1.4 second(s)
         slept for 1.4 second(s)
         slept for 1.4 second(s)
         slept for 1.4 second(s)
         slept for 1.4 second(s)
         slept for 1.4 second(s)
         the program finished after ~1.40 second(s)
*/
#include <cstdio>
#include <vector>

#include "examples_2025_03_03_15_36/do_something.hpp"
#include "examples_2025_03_03_15_36/report_finished.hpp"
#include "examples_2025_03_03_16_52/process_pool.hpp"

using namespace std::chrono_literals;

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const auto start = std::chrono::steady_clock::now();

  ProcessPool pool(10);
  const std::vector durations(10, 1.4s);
  for (const std::string& result : pool.map_unordered(do_something, durations))
    fmt::print("{}\n", result);

  report_finished(start);
}
