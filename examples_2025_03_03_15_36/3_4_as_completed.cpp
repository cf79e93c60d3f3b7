/*
Ten calls in a pool

Ten calls run side by side in a pool of ten threads. Each puts its future into a
queue when it is done, and main takes from that queue as many as it submitted: it
need not know which call ends first. An exception would travel in the future too,
and come out where main takes the result.

Ports: file_3_4.py :cite:p:`schafer_threading`

    $ examples_2025_03_03_15_36/3_4_as_completed
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
#include <tbb/concurrent_queue.h>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstdio>
#include <future>

#include "examples_2025_03_03_15_36/do_something.hpp"
#include "examples_2025_03_03_15_36/report_finished.hpp"
#include "examples_2025_03_03_15_36/thread_names.hpp"

namespace asio = boost::asio;
using namespace std::chrono_literals;

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe as well
  const auto start = std::chrono::steady_clock::now();

  tbb::concurrent_bounded_queue<std::future<std::string>> completed;
  asio::thread_pool pool(10);
  name_workers(pool);
  for (int i = 0; i < 10; ++i)
    asio::post(pool, [&completed] {
      std::packaged_task call([] { return do_something(1.4s); });
      call();
      completed.push(call.get_future());
    });

  for (int i = 0; i < 10; ++i) {
    std::future<std::string> future;
    completed.pop(future);
    fmt::print("{}\n", future.get());
  }

  report_finished(start);
}
