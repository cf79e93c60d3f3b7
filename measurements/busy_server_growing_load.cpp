// Each style of the busy server with more and more connections, as long as it serves
// well.
#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include "measurements/busy_servers.hpp"
#include "measurements/resources.hpp"

namespace measurements {
namespace {

// A style still serves so many if 99 of 100 answers come within this.
constexpr double good_latency_seconds = 0.1;

/// What the numbers of connections so far have shown of a style.
struct Progress {
  bool served_well = true;  // the last number
  int max_connections = 0;  // that it served well
  double bytes = 0;         // of memory that each connection took
  Figure memory = Figure::not_measured("no number of connections was measured");
  Figure cpu = memory;
};

class GrowingLoad {
 public:
  GrowingLoad(const MeasurementOptions& options, const BusyServers& servers,
              Report& report)
      : options_(options), servers_(servers), report_(report) {}

  void measure() {
    report_.heading("more and more connections");
    for (const int connections : numbers()) measure_with(connections);
    for (const BusyServer* server : servers_.styles()) {
      const Progress& progress = progress_[server->style];
      report_.add("max_connections_" + server->name,
                  progress.cpu.is_measured() ? Figure::counted(progress.max_connections)
                                             : progress.cpu);
      report_.add(server->name + "_connection_bytes", progress.memory);
      report_.add(server->name + "_answer_cpu_seconds", progress.cpu);
    }
  }

 private:
  std::vector<int> numbers() const {
    if (options_.form == Form::trial) return {10, servers_.many};
    if (options_.form == Form::short_form) return {10, 100, 300, 1'000, 3'000, 10'000};
    std::vector<int> numbers{10, 30, 100, 300, 1'000, 3'000, 10'000};
    // And as many as this machine allows.
    if (const int max = std::min(100'000, servers_.max_connections / 1'000 * 1'000);
        max > numbers.back())
      numbers.push_back(max);
    return numbers;
  }

  static int short_rounds(int connections) {
    return connections <= 10 ? 3 : connections <= 100 ? 5 : 1;
  }

  void measure_with(int connections) {
    std::vector<const BusyServer*> loaded;
    for (const BusyServer* server : servers_.styles())
      if (connections <= servers_.many || progress_[server->style].served_well)
        loaded.push_back(server);
    Comparison runs(options_.form, {.short_seconds = 0,
                                    .long_seconds = 10,
                                    .short_rounds = short_rounds(connections),
                                    .long_rounds = 1});
    for (const BusyServer* server : loaded) {
      add_server(runs, *server, connections,
                 [this, server, connections] { return run(*server, connections); });
      // They are there for the picture.
      if (server == &servers_.asyncio || server == &servers_.go)
        runs.once_in_short_form(server->style);
    }
    runs.run();
    for (const BusyServer* server : loaded) add_row(runs, *server, connections);
  }

  Sample run(const BusyServer& server, int connections) {
    // Of ten clients few answers come in that time, and of a few, what else the machine
    // did is a part of the CPU time.
    const double seconds =
        by_form(options_.form, 0.1, 0.2, 0.3) * (connections <= 10 ? 3 : 1);
    Progress& progress = progress_[server.style];
    need_memory(progress.bytes * connections);
    const LoadedRun run = run_under_load(server, connections, seconds, servers_.core);
    progress.bytes = std::max(run.machine_bytes, run.sample.at("memory_bytes"));
    return run.sample;
  }

  void add_row(const Comparison& runs, const BusyServer& server, int connections) {
    Report::Figures figures;
    for (const char* quantity : {"answers_per_second", "cpu_seconds", "p50_seconds",
                                 "p99_seconds", "memory_bytes", "errors"})
      figures.emplace_back(quantity, runs.figure(server.style, quantity));
    report_.add_row(
        "loads", {{"style", server.style}, {"connections", std::int64_t{connections}}},
        figures);

    const Figure p99 = runs.figure(server.style, "p99_seconds");
    const Figure errors = runs.figure(server.style, "errors");
    const Figure cpu = runs.figure(server.style, "cpu_seconds");
    Progress& progress = progress_[server.style];
    progress.served_well = p99.is_measured() && p99.value() <= good_latency_seconds &&
                           errors.is_measured() && errors.value() == 0;
    if (progress.served_well) progress.max_connections = connections;
    // With the most connections that were measured, of those that all styles have.
    if (connections > servers_.many ||
        (!cpu.is_measured() && progress.cpu.is_measured()))
      return;
    progress.cpu = cpu;
    progress.memory = runs.figure(server.style, "memory_bytes");
  }

  const MeasurementOptions& options_;
  const BusyServers& servers_;
  Report& report_;
  std::map<std::string, Progress> progress_;  // by the style
};

}  // namespace

void measure_growing_load(const MeasurementOptions& options, const BusyServers& servers,
                          Report& report) {
  report.add_fact("good_latency_seconds", good_latency_seconds);
  GrowingLoad(options, servers, report).measure();
}

}  // namespace measurements
