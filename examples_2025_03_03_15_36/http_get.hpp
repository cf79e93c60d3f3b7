/// @file
/// @defgroup http_get http_get.hpp
/// @brief Fetches one file over HTTP: blocking, or as a coroutine.
///
/// Ports the call `requests.get(url).content` of Corey Schafer's "Python Threading
/// Tutorial".
/// @{
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <string>

inline namespace book {

/// Fetches `http://<host>:<port><target>`; the thread that calls it waits.
///
/// Any number of threads may call it side by side: each call has a connection of its
/// own, and shares nothing with the others.
///
/// @param host The server's name or address.
/// @param port The port that it listens on.
/// @param target The path of the file, from its `/` on.
/// @param timeout How long it waits while nothing comes. By default that is longer than
///   a busy machine takes: the timeout is there for servers that hang.
/// @return The bytes of the file.
/// @throws std::runtime_error naming the URL, if the server cannot be reached, breaks
///   off, sends nothing for so long, sends more than ten million bytes, or answers
///   with any status but 200.
std::string http_get(const std::string& host, std::uint16_t port,
                     const std::string& target,
                     std::chrono::milliseconds timeout = std::chrono::minutes(1));

/// Fetches it as http_get() does, while the thread goes on with other coroutines.
///
/// Any number of them may be under way side by side, on one thread or on several.
///
/// @param host The server's name or address.
/// @param port The port that it listens on.
/// @param target The path of the file, from its `/` on.
/// @param timeout As for http_get().
/// @return What to `co_await` for the bytes of the file.
/// @throws std::runtime_error as http_get() does, where it is awaited; and if the
///   server takes so long to accept the connection and the request.
boost::asio::awaitable<std::string> async_http_get(
    std::string host, std::uint16_t port, std::string target,
    std::chrono::milliseconds timeout = std::chrono::minutes(1));

}  // namespace book

/// @}
