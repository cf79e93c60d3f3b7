/*
Ten waits on one thread

The same ten waits in ten coroutines, on the one thread that the program has. A
coroutine does not sleep: it leaves a timer, and its thread goes on with the next one.
When there is nothing left to do, the thread sleeps, once for all of them.

Ports: the talk's column "asynchronous programming" :cite:p:`grinberg_async`

    $ examples_2026_11_22_10_00/1_3_waiting_coroutines
    ten waits begin
    wait 1 is over, on thread #1
    wait 2 is over, on thread #1
    wait 3 is over, on thread #1
    wait 4 is over, on thread #1
    wait 5 is over, on thread #1
    wait 6 is over, on thread #1
    wait 7 is over, on thread #1
    wait 8 is over, on thread #1
    wait 9 is over, on thread #1
    wait 10 is over, on thread #1
    thread #1 slept in the kernel ~1<10 time(s), for all of them
    the program finished after ~0.50<2.50 second(s)
*/
#include <fmt/core.h>
#include <unistd.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdio>
#include <future>
#include <vector>

#include "examples_2025_03_03_15_36/report_finished.hpp"
#include "examples_2026_11_22_10_00/voluntary_switches.hpp"

namespace asio = boost::asio;
using namespace std::chrono_literals;

struct Over {
  int number;
  pid_t thread;
};

// One thread runs all of them: what they share needs no lock.
asio::awaitable<void> wait(int number, std::vector<Over>& over) {
  asio::steady_timer timer(co_await asio::this_coro::executor, 500ms);
  co_await timer.async_wait(asio::use_awaitable);
  over.push_back({number, ::gettid()});
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const auto start = std::chrono::steady_clock::now();
  fmt::print("ten waits begin\n");

  asio::io_context loop(1);
  std::vector<Over> over;
  std::vector<std::future<void>> waits;
  for (int number = 1; number <= 10; ++number)
    waits.push_back(asio::co_spawn(loop, wait(number, over), asio::use_future));

  const long before = voluntary_switches();
  loop.run();  // each of them up to its wait, and on when that is over
  const long switches = voluntary_switches() - before;

  for (auto& one : waits) one.get();
  for (const auto& [number, thread] : over)
    fmt::print("wait {} is over, on thread {}\n", number, thread);
  fmt::print("thread {} slept in the kernel {} time(s), for all of them\n", ::gettid(),
             switches);
  report_finished(start);
}
