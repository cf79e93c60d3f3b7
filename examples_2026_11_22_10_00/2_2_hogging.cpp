/*
A coroutine that hogs the loop

A coroutine that computes and never awaits anything keeps the only thread that there is.
The ticker on the same loop is due three times meanwhile, and comes when the work is
done.

Ports: the remark "you switch when you call certain functions" :cite:p:`grinberg_async`

    $ examples_2026_11_22_10_00/2_2_hogging
    the work begins
    the work is done
    tick 1
    tick 2
    tick 3
    the latest tick came ~0.80000<8.00000 second(s) late
*/
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
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
  for (int piece = 1; piece <= 100; ++piece) compute();
  fmt::print("the work is done\n");
  co_return;
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
