/// @file
/// @defgroup with_timeout with_timeout.hpp
/// @brief A timeout for a coroutine.
/// @{
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <exception>
#include <utility>

inline namespace book {

/// Awaits a coroutine, but not longer than a timeout.
///
/// Ports `asyncio.wait_for`. What is given up is cancelled, and has ended when this
/// ends: whatever stood on its stack is destroyed. A coroutine that does not let itself
/// be cancelled is waited for all the same.
///
/// @param work The coroutine. Its value must have a default constructor, as must all
///   that `co_spawn` brings back.
/// @param timeout How long it may take.
/// @return Its value.
/// @throws boost::system::system_error `asio::error::timed_out` if it was given up;
///   else what it throws, as soon as it does.
template <class Value>
boost::asio::awaitable<Value> with_timeout(boost::asio::awaitable<Value> work,
                                           std::chrono::nanoseconds timeout) {
  namespace asio = boost::asio;
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, timeout);
  // Both begin; when one has ended, the other is cancelled; both have ended when the
  // group has.
  auto [order, failure, value, timer_error] =
      co_await asio::experimental::make_parallel_group(
          asio::co_spawn(executor, std::move(work), asio::deferred),
          timer.async_wait(asio::deferred))
          .async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
  if (order[0] == 1 && !timer_error)
    throw boost::system::system_error(asio::error::timed_out);
  if (failure) std::rethrow_exception(failure);
  co_return std::move(value);
}

}  // namespace book

/// @}
