/// @file
/// @defgroup coroutine_server coroutine_server.hpp
/// @brief The service by coroutines: one for each connection, any number on one thread.
/// @{
#pragma once

#include <boost/asio/io_context.hpp>

#include "examples_2026_11_22_10_00/loop.hpp"
#include "examples_2026_11_22_10_00/service_options.hpp"

inline namespace book {

/// Listens on 127.0.0.1; prints nothing.
/// @param loop The loop that will accept the connections.
/// @param port The port; 0 for a free one.
/// @param shared Whether others may listen on the same port, each for a share of the
///   connections (SO_REUSEPORT).
/// @throws boost::system::system_error if the port cannot be had.
LoopAcceptor listen_on(boost::asio::io_context& loop, std::uint16_t port,
                       bool shared = false);

/// Accepts connections, and serves each of them in a coroutine of its own, until
///   the loop is stopped.
///
/// Where there are too many open files, it says so, and waits until some are closed.
///
/// @param acceptor Where the connections come in. It must outlive the loop's run.
/// @param options The think time and the timeout.
LoopTask serve_connections(LoopAcceptor& acceptor, ServiceOptions options);

}  // namespace book

/// @}
