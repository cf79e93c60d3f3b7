/*
The same work, yielding on purpose

The work is the same, and so is its time. But after each piece it lets others run, and
goes on when it is its turn again. The ticks need not wait for the end of the work.

Ports: the remark "if you want to trigger a switch on purpose" :cite:p:`grinberg_async`

    $ examples_2026_11_22_10_00/2_3_yielding
    the work begins
    tick 1
    tick 2
    tick 3
    the work is done
    the latest tick came ~0.00000<0.40000 second(s) late
*/
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdio>

#include "examples_2026_11_22_10_00/ticker.hpp"

namespace asio = boost::asio;
using namespace std::chrono_literals;

// The stand-in for work that computes: it keeps its core for ten milliseconds.
void compute() {
  const auto end = std::chrono::steady_clock::now() + 10ms;
  while (std::chrono::steady_clock::now() < end) continue;
}

asio::awaitable<void> work() {
  fmt::print("the work begins\n");
  for (int piece = 1; piece <= 100; ++piece) {
    compute();
    co_await asio::post(asio::use_awaitable);  // lets all others run that can
  }
  fmt::print("the work is done\n");
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too

  asio::io_context loop(1);
  auto late = asio::co_spawn(loop, tick(), asio::use_future);
  auto done = asio::co_spawn(loop, work(), asio::use_future);
  loop.run();

  done.get();
  fmt::print("the latest tick came {:.5f} second(s) late\n", late.get());
}
