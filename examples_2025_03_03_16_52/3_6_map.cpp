/*
Results in the order of the calls, from four processes

The same five calls in the same pool, and one word less: ``map`` gives the results
in the order of the calls. The first of them sleeps longest; when its result comes,
all others lie ready, and follow at once.
:claim:`results that lie ready follow at once: cpp line_10_seconds - line_6_seconds < 1`

Ports: file_3_6.py :cite:p:`schafer_multiprocessing`

    $ examples_2025_03_03_16_52/3_6_map
    a| starting to sleep for 5 second(s)
    b| starting to sleep for 4 second(s)
    c| starting to sleep for 3 second(s)
    d| starting to sleep for 2 second(s)
    --
    d| starting to sleep for 1 second(s)
       slept for 5 second(s)
       slept for 4 second(s)
       slept for 3 second(s)
       slept for 2 second(s)
       slept for 1 second(s)
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
  for (const std::string& result : pool.map(do_something, durations))
    fmt::print("{}\n", result);

  report_finished(start);
}
