/*
One call submitted to a pool of processes

A call is given to a pool of processes, and comes back as a future, as from a pool
of threads. The function, its argument and its result are sent as bytes: the call
sleeps in another process, and its result is put into the future in this one.

Ports: file_3_3.py :cite:p:`schafer_multiprocessing`

    $ examples_2025_03_03_16_52/3_3_submit
    main  | the future is not ready
    worker| starting to sleep for 1.3 second(s)
            the future is ready
            slept for 1.3 second(s)
            the program finished after ~1.30 second(s)
*/
#include <cstdio>
#include <future>

#include "examples_2025_03_03_15_36/do_something.hpp"
#include "examples_2025_03_03_15_36/report_finished.hpp"
#include "examples_2025_03_03_16_52/process_pool.hpp"

using namespace std::chrono_literals;

void print_state(const std::future<std::string>& future) {
  const bool ready = future.wait_for(0s) == std::future_status::ready;
  fmt::print("the future is {}\n", ready ? "ready" : "not ready");
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const auto start = std::chrono::steady_clock::now();

  ProcessPool pool(1);
  std::future<std::string> future = pool.submit(do_something, 1.3s);

  print_state(future);
  future.wait();
  print_state(future);
  fmt::print("{}\n", future.get());

  report_finished(start);
}
