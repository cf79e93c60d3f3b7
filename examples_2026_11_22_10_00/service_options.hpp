/// @file
/// @defgroup service_options service_options.hpp
/// @brief What the busy servers can be told on their command lines.
/// @{
#pragma once

#include <chrono>
#include <cstdint>

inline namespace book {

/// What the servers can be told on their command lines.
struct ServiceOptions {
  /// The port on 127.0.0.1; 0 for a free one.
  std::uint16_t port = 0;
  /// How long it takes to find the answer to a request.
  std::chrono::milliseconds think{10};
  /// How long finding it keeps a core busy.
  std::chrono::microseconds compute{0};
  /// How long a client may take for its request, and for taking in the answer.
  std::chrono::milliseconds timeout{60'000};

  /// How long a connection may go without an answer.
  std::chrono::milliseconds idle_timeout() const { return think + timeout; }
};

/// Reads a server's options: `--port`, `--think-ms`, `--timeout-ms`,
///   `--compute-us`, `--load`.
///
/// With `--load N` the program becomes the load generator, which starts this server
/// anew without that option, and loads it with N connections of five requests each.
///
/// @param argc As `main` receives it.
/// @param argv As `main` receives it.
/// @param loops Where to put the number of loops, for a server with an option
///   `--loops`.
/// @return The options. Ends the program where they are wrong.
ServiceOptions service_options(int argc, char** argv, int* loops = nullptr);

}  // namespace book

/// @}
