/*
Two coroutines that take turns

Two coroutines add to one number, on one thread. They switch at `co_await` and nowhere
else: what stands between two of them is done in one piece, without a lock. But a number
that was read before a `co_await` may be another one after it.

Ports: the talk's word "cooperative" :cite:p:`grinberg_async`

    $ examples_2026_11_22_10_00/2_1_taking_turns
    Read and write, then let the other one run:
    first reads 0
    first writes 1
    second reads 1
    second writes 2
    first reads 2
    first writes 3
    second reads 3
    second writes 4
    the number is 4
    Read, let the other one run, then write:
    first reads 0
    second reads 0
    first writes 1
    first reads 1
    second writes 1
    second reads 1
    first writes 2
    second writes 2
    the number is 2
*/
#include <fmt/core.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdio>
#include <string>

namespace asio = boost::asio;

asio::awaitable<void> in_one_turn(std::string name, int& number) {
  for (int time = 1; time <= 2; ++time) {
    const int read = number;
    fmt::print("{} reads {}\n", name, read);
    number = read + 1;
    fmt::print("{} writes {}\n", name, number);
    co_await asio::post(asio::use_awaitable);  // the other one's turn
  }
}

asio::awaitable<void> across_turns(std::string name, int& number) {
  for (int time = 1; time <= 2; ++time) {
    const int read = number;
    fmt::print("{} reads {}\n", name, read);
    co_await asio::post(asio::use_awaitable);  // the other one's turn
    number = read + 1;
    fmt::print("{} writes {}\n", name, number);
  }
}

template <class Coroutine>
void run_two(Coroutine add) {
  asio::io_context loop(1);
  int number = 0;
  auto first = asio::co_spawn(loop, add("first", number), asio::use_future);
  auto second = asio::co_spawn(loop, add("second", number), asio::use_future);
  loop.run();
  first.get();
  second.get();
  fmt::print("the number is {}\n", number);
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too

  fmt::print("Read and write, then let the other one run:\n");
  run_two(in_one_turn);
  fmt::print("Read, let the other one run, then write:\n");
  run_two(across_turns);
}
