/*
A task that is cancelled while it waits

A task waits for news that does not come. It is told to stop: its wait fails, it takes
its leave, which takes a wait of its own, and what it holds is closed.

For: the wait of the asynchronous style :cite:p:`grinberg_async`, and how it ends before
its time

    $ examples_2026_11_22_10_00/4_2_cancellation
    the task waits for news
    cancelling the task
    the task's wait fails: it says goodbye
    goodbye is said
    the connection is closed
    the task was cancelled
    the program finished after ~0.40 second(s)
*/
#include <fmt/core.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <cstdio>
#include <exception>

#include "examples_2025_03_03_15_36/report_finished.hpp"

namespace asio = boost::asio;
using boost::system::error_code;
using boost::system::system_error;
using namespace std::chrono_literals;

struct Connection {
  ~Connection() { fmt::print("the connection is closed\n"); }
};

asio::awaitable<void> wait_for_news() {
  const Connection connection;
  fmt::print("the task waits for news\n");
  asio::steady_timer timer(co_await asio::this_coro::executor, 1h);
  const auto [error] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  if (!error) co_return;  // news

  fmt::print("the task's wait fails: it says goodbye\n");
  // From here on it is cancelled no more, and may wait again.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  timer.expires_after(100ms);
  co_await timer.async_wait(asio::use_awaitable);
  fmt::print("goodbye is said\n");
  throw system_error(error);  // as if it had not been caught
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const auto start = std::chrono::steady_clock::now();

  asio::io_context loop(1);
  asio::cancellation_signal stop;
  const auto report = [](std::exception_ptr failure) {
    try {
      if (failure) std::rethrow_exception(failure);
    } catch (const system_error& error) {
      if (error.code() != asio::error::operation_aborted) throw;
      fmt::print("the task was cancelled\n");
    }
  };
  asio::co_spawn(loop, wait_for_news(),
                 asio::bind_cancellation_slot(stop.slot(), report));

  asio::steady_timer later(loop, 300ms);
  later.async_wait([&](const error_code&) {
    fmt::print("cancelling the task\n");
    stop.emit(asio::cancellation_type::terminal);
  });
  loop.run();

  report_finished(start);
}
