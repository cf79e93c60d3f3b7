/*
An event, arguments and a result

A thread is given two numbers, and told to wait. When the event has come it multiplies
them, and its answer goes back to the one who asked.

Ports: the event and the arguments of :cite:p:`stanford_threading`

    $ examples_2017_09_09_12_15/event
    worker| waiting for the event
    main  | setting the event
    --
            the event has come: multiplying 6 and 7
            the result is 42
            the program finished after ~0.50 second(s)
*/
#include <fmt/core.h>

#include <cstdio>
#include <future>
#include <latch>
#include <thread>

#include "examples_2025_03_03_15_36/report_finished.hpp"
#include "examples_2025_03_03_15_36/thread_names.hpp"

using namespace std::chrono_literals;

int multiply_after(std::latch& event, int a, int b) {
  fmt::print("waiting for the event\n");
  event.wait();
  fmt::print("the event has come: multiplying {} and {}\n", a, b);
  return a * b;
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const auto start = std::chrono::steady_clock::now();

  std::latch event(1);
  std::packaged_task task(multiply_after);
  std::future<int> result = task.get_future();
  std::jthread worker(std::move(task), std::ref(event), 6, 7);
  name_thread(worker, "worker");

  std::this_thread::sleep_for(500ms);  // the work that the other waits for
  fmt::print("setting the event\n");
  event.count_down();
  fmt::print("the result is {}\n", result.get());

  report_finished(start);
}
