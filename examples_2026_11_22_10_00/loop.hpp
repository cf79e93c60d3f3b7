/// @file
/// @defgroup loop loop.hpp
/// @brief Asio's names for a loop, its sockets, timers and coroutines, with the
///   executor written out.
///
/// `asio::awaitable`, `asio::ip::tcp::socket` and `asio::steady_timer` can be used with
/// any executor, and find out at run time which one it is. These are used with an
/// `io_context` only, and the compiler knows it.
/// @{
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

inline namespace book {

/// The executor of a loop: it is known when compiling, and costs nothing.
using LoopExecutor = boost::asio::io_context::executor_type;

/// A coroutine on a loop.
using LoopTask = boost::asio::awaitable<void, LoopExecutor>;

/// A connection of a loop.
using LoopSocket = boost::asio::ip::tcp::socket::rebind_executor<LoopExecutor>::other;

/// A listening socket of a loop.
using LoopAcceptor =
    boost::asio::ip::tcp::acceptor::rebind_executor<LoopExecutor>::other;

/// A timer of a loop.
using LoopTimer = boost::asio::steady_timer::rebind_executor<LoopExecutor>::other;

/// What a LoopTask passes to what it awaits.
inline constexpr boost::asio::use_awaitable_t<LoopExecutor> awaiting;

}  // namespace book

/// @}
