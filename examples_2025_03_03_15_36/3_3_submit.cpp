/*
One call submitted to a pool

A call is given to a pool of threads, and comes back as a future: a place that its
result will be put into. While the call sleeps, the future is not ready, and main
is free to say so; then main waits, and takes the result that a bare thread would
have dropped.

Ports: file_3_3.py :cite:p:`schafer_threading`

    $ examples_2025_03_03_15_36/3_3_submit
    main  | the future is not ready
    worker| starting to sleep for 1.3 second(s)
            the future is ready
            slept for 1.3 second(s)
            the program finished after ~1.30 second(s)
*/
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdio>
#include <future>

#include "examples_2025_03_03_15_36/do_something.hpp"
#include "examples_2025_03_03_15_36/report_finished.hpp"
#include "examples_2025_03_03_15_36/thread_names.hpp"

namespace asio = boost::asio;
using namespace std::chrono_literals;

void print_state(const std::future<std::string>& future) {
  const bool ready = future.wait_for(0s) == std::future_status::ready;
  fmt::print("the future is {}\n", ready ? "ready" : "not ready");
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe as well
  const auto start = std::chrono::steady_clock::now();

  asio::thread_pool pool(1);
  name_workers(pool);
  std::future<std::string> future =
      asio::post(pool, asio::use_future([] { return do_something(1.3s); }));

  print_state(future);
  future.wait();
  print_state(future);
  fmt::print("{}\n", future.get());

  report_finished(start);
}
