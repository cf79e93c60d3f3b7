/// @file
/// @defgroup ticker ticker.hpp
/// @brief A coroutine that shows whether its loop turns.
/// @{
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

inline namespace book {

/// Prints `tick 1`, `tick 2` and `tick 3`, one every 0.2 seconds.
///
/// Each has its time, counted from the start, whenever the one before it came: if the
/// loop was kept from turning, those that are due come at once.
///
/// @return How late the latest of them came, in seconds.
/// @throws std::system_error if a line cannot be written.
inline boost::asio::awaitable<double> tick() {
  using namespace std::chrono_literals;
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  const auto start = std::chrono::steady_clock::now();
  std::chrono::duration<double> latest{};
  for (int number = 1; number <= 3; ++number) {
    timer.expires_at(start + number * 200ms);
    co_await timer.async_wait(boost::asio::use_awaitable);
    latest = std::max<std::chrono::duration<double>>(
        latest, std::chrono::steady_clock::now() - timer.expiry());
    fmt::print("tick {}\n", number);
  }
  co_return latest.count();
}

}  // namespace book

/// @}
