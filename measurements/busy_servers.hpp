/// @file
/// The servers of the measurement `busy_server`, and how many connections each may have
/// on this machine.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "measurements/comparison.hpp"
#include "measurements/measurement.hpp"

namespace measurements {

/// How long each answer is thought about.
constexpr int think_milliseconds = 10;

/// A server, and what it may have here.
struct BusyServer {
  std::string style;                 ///< In words.
  std::string name;                  ///< In the figures.
  std::vector<std::string> command;  ///< What starts it.
  int max_connections = 0;           ///< So many may be open.
  std::string limit;                 ///< Why no more of them.
  std::string missing;               ///< Why there is none; empty if there is.
};

/// All servers that are measured, and what they have in common.
struct BusyServers {
  /// Keeps this process, which makes the load, on one core.
  explicit BusyServers(const MeasurementOptions& options);

  /// The styles that are compared with more and more connections.
  std::vector<const BusyServer*> styles() const;

  std::optional<int> core;  ///< For the server; none where there is only one.
  int max_connections;      ///< This process may have so many.
  int many;                 ///< So many connections all styles are measured with.
  BusyServer processes, threads, coroutines, asyncio, go;
  BusyServer beast, known_executor, one_timeout;  ///< The steps to `coroutines`.
  BusyServer loopback;                            ///< What the sockets alone allow.
};

/// Adds a server to a comparison, or why it cannot have so many connections.
/// @param run Runs it once.
void add_server(Comparison& comparison, const BusyServer& server, int connections,
                std::function<Sample()> run);

/// What a run of a server under load gave.
struct LoadedRun {
  Sample sample;
  double machine_bytes;  ///< That the machine had less, for each connection.
};

/// Starts a server, opens connections, has all of them ask for a while, and ends it.
/// @param core The core that it runs on; any if not given.
/// @throws NotMeasured if it does not start here, std::runtime_error if an answer is
///   lost or the server leaves a process.
LoadedRun run_under_load(const BusyServer& server, int connections, double seconds,
                         std::optional<int> core);

/// Measures each style by the number of connections: up to BusyServers::many in any
/// case, and beyond that as long as it serves well.
void measure_growing_load(const MeasurementOptions& options, const BusyServers& servers,
                          Report& report);

/// Compares the styles, their peers, and the steps to the fastest, in turn, with
/// BusyServers::many connections.
void measure_many_connections(const MeasurementOptions& options,
                              const BusyServers& servers, Report& report);

}  // namespace measurements
