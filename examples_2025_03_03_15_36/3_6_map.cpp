/*
Results in the order of the calls

The same five calls, and their futures kept in the order of submission: main waits
for the first of them first, which sleeps longest. When its result comes, all others
lie ready, and follow at once.
:claim:`results that lie ready follow at once: cpp line_10_seconds - line_6_seconds < 1`

Ports: file_3_6.py :cite:p:`schafer_threading`

    $ examples_2025_03_03_15_36/3_6_map
    a| starting to sleep for 5 second(s)
    b| starting to sleep for 4 second(s)
    c| starting to sleep for 3 second(s)
    d| starting to sleep for 2 second(s)
    e| starting to sleep for 1 second(s)
       slept for 5 second(s)
       slept for 4 second(s)
       slept for 3 second(s)
       slept for 2 second(s)
       slept for 1 second(s)
       the program finished after ~5.00 second(s)
*/
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdio>
#include <future>
#include <vector>

#include "examples_2025_03_03_15_36/do_something.hpp"
#include "examples_2025_03_03_15_36/report_finished.hpp"
#include "examples_2025_03_03_15_36/thread_names.hpp"

namespace asio = boost::asio;
using namespace std::chrono_literals;

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const auto start = std::chrono::steady_clock::now();

  asio::thread_pool pool(5);
  name_workers(pool);
  std::vector<std::future<std::string>> futures;
  for (const auto duration : {5s, 4s, 3s, 2s, 1s})
    futures.push_back(asio::post(
        pool, asio::use_future([duration] { return do_something(duration); })));

  for (auto& future : futures) fmt::print("{}\n", future.get());

  report_finished(start);
}
