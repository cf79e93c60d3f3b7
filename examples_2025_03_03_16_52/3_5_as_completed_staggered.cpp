/*
Results as they complete, from four processes

Five calls that sleep 5, 4, 3, 2 and 1 seconds in a pool of four processes. The
fifth has to wait until one of the four has nothing to do, which is the worker that
sleeps for 2 seconds; so its result comes together with that of the third call.

Ports: file_3_5.py :cite:p:`schafer_multiprocessing`

    $ examples_2025_03_03_16_52/3_5_as_completed_staggered
    a| starting to sleep for 5 second(s)
    b| starting to sleep for 4 second(s)
    c| starting to sleep for 3 second(s)
    d| starting to sleep for 2 second(s)
    --
    d| starting to sleep for 1 second(s)
    *| slept for 2 second(s)
    --
    *| slept for 3 second(s)
    *| slept for 1 second(s)
    --
       slept for 4 second(s)
       slept for 5 second(s)
       the program finished after ~5.00 second(s)
*/
#include <cstdio>

#include "examples_2025_03_03_15_36/do_something.hpp"
#include "examples_2025_03_03_15_36/report_finished.hpp"
#include "examples_2025_03_03_16_52/process_pool.hpp"

using namespace std::chrono_literals;

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const auto start = std::chrono::steady_clock::now();

  const auto durations = {5s, 4s, 3s, 2s, 1s};
  ProcessPool pool(4);
  for (const std::string& result : pool.map_unordered(do_something, durations))
    fmt::print("{}\n", result);

  report_finished(start);
}
