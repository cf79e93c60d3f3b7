// The busy server: a process, a thread and a coroutine for each connection, under one
// load, beside asyncio, Go's net/http, and what the loopback alone allows.
//
// The server has one core and the load another one, where there are two.
//
//     busy_server_benchmark [--form trial|short|long]
#include <cstdint>

#include "measurements/busy_servers.hpp"
#include "measurements/run_command.hpp"

namespace measurements {
namespace {

void measure_busy_server(const MeasurementOptions& options, Report& report) {
  const BusyServers servers(options);
  report.add_fact("connections", std::int64_t{servers.many});
  report.add_fact("think_seconds", think_milliseconds * 1e-3);
  if (servers.go.missing.empty())
    report.add_fact("go_version",
                    run_command({servers.go.command[0], "--version"}).output);
  else
    report.add("go_version", Figure::not_measured(servers.go.missing));
  measure_growing_load(options, servers, report);
  measure_many_connections(options, servers, report);
}

}  // namespace
}  // namespace measurements

int main(int argc, char** argv) {
  return measurements::run_measurement(argc, argv, "busy_server",
                                       "Three styles of a busy server under load",
                                       measurements::measure_busy_server);
}
