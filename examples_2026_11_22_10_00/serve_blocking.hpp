/// @file
/// @defgroup serve_blocking serve_blocking.hpp
/// @brief The service of the busy server by calls that block: for a process or a thread
///   for each connection.
/// @{
#pragma once

#include "examples_2026_11_22_10_00/listener.hpp"
#include "examples_2026_11_22_10_00/service_options.hpp"

inline namespace book {

/// Serves one client to its end, by calls that block.
/// @param connection Its connection.
/// @param options The think time and the timeout.
void serve_blocking(const Socket& connection, const ServiceOptions& options);

}  // namespace book

/// @}
