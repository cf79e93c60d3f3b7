/// @file
/// A server for a measurement.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "examples_2026_11_22_10_00/server_process.hpp"
#include "measurements/figure.hpp"

namespace measurements {

/// Starts a server.
/// @param command The program and its arguments.
/// @param core The core that it runs on; any if not given.
/// @throws NotMeasured if it does not listen. Whether a server starts at all is what
///   its own tests are for; here, it lacks something on this machine.
inline ServerProcess start_server(const std::vector<std::string>& command,
                                  std::optional<int> core = std::nullopt) {
  try {
    return ServerProcess(command, core);
  } catch (const std::runtime_error& error) {
    throw NotMeasured(error.what());
  }
}

}  // namespace measurements
