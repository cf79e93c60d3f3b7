/*
Results as they complete

Five calls that sleep 5, 4, 3, 2 and 1 seconds run side by side in a pool of five
threads. The shortest was submitted last, and its result comes first.

Ports: file_3_5.py :cite:p:`schafer_threading`

    $ examples_2025_03_03_15_36/3_5_as_completed_staggered
    a| starting to sleep for 5 second(s)
    b| starting to sleep for 4 second(s)
    c| starting to sleep for 3 second(s)
    d| starting to sleep for 2 second(s)
    e| starting to sleep for 1 second(s)
       slept for 1 second(s)
       slept for 2 second(s)
       slept for 3 second(s)
       slept for 4 second(s)
       slept for 5 second(s)
       the program finished after ~5.00 second(s)
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

  const auto durations = {5s, 4s, 3s, 2s, 1s};
  tbb::concurrent_bounded_queue<std::future<std::string>> completed;
  asio::thread_pool pool(5);
  name_workers(pool);
  for (const auto duration : durations)
    asio::post(pool, [&completed, duration] {
      std::packaged_task call([duration] { return do_something(duration); });
      call();
      completed.push(call.get_future());
    });

  for (std::size_t i = 0; i < durations.size(); ++i) {
    std::future<std::string> future;
    completed.pop(future);
    fmt::print("{}\n", future.get());
  }

  report_finished(start);
}
