// The styles of the busy server, its peers and the steps to the fastest one, in turn,
// with the same number of connections.
#include <fmt/core.h>

#include <string>
#include <vector>

#include "measurements/busy_servers.hpp"

namespace measurements {
namespace {

constexpr const char* per_core = "answers_per_core_per_second";

Comparison run_all(const MeasurementOptions& options, const BusyServers& servers) {
  Comparison runs(options.form,
                  {.short_seconds = 6, .long_seconds = 60, .long_rounds = 3});
  const double seconds = by_form(options.form, 0.2, 0.2, 0.7);
  for (const BusyServer* server :
       {&servers.coroutines, &servers.asyncio, &servers.go, &servers.loopback,
        &servers.beast, &servers.known_executor, &servers.one_timeout})
    add_server(runs, *server, servers.many, [&servers, server, seconds] {
      return run_under_load(*server, servers.many, seconds, servers.core).sample;
    });
  // They give several times fewer answers.
  for (const BusyServer* peer : {&servers.asyncio, &servers.go})
    runs.once_in_short_form(peer->style);
  runs.run();
  return runs;
}

void add_tables(const Comparison& runs, const BusyServers& servers, Report& report) {
  for (const BusyServer* server :
       {&servers.coroutines, &servers.asyncio, &servers.go, &servers.loopback})
    report.add_row("many", {{"style", server->style}},
                   {{per_core, runs.figure(server->style, per_core)}});
  const auto add_step = [&](const std::string& words, const BusyServer& server) {
    report.add_row("steps", {{"step", words}},
                   {{"cpu_seconds", runs.figure(server.style, "cpu_seconds")}});
  };
  for (const BusyServer* step :
       {&servers.beast, &servers.known_executor, &servers.one_timeout})
    add_step(step->style, *step);
  add_step("+ answers that exist", servers.coroutines);
  add_step(servers.loopback.style, servers.loopback);
}

void add_ratios(const Comparison& runs, const BusyServers& servers, Report& report) {
  const auto faster = [&](const std::string& name, const BusyServer& server,
                          const BusyServer& other) {
    report.add(name + "_ratio", runs.ratio(server.style, other.style, per_core));
  };
  faster("known_executor", servers.known_executor, servers.beast);
  faster("one_timeout", servers.one_timeout, servers.known_executor);
  faster("existing_answers", servers.coroutines, servers.one_timeout);
  faster("coroutines_against_beast", servers.coroutines, servers.beast);
  faster("of_the_limit", servers.coroutines, servers.loopback);
  faster("limit_against_asyncio", servers.loopback, servers.asyncio);
  for (const BusyServer* peer : {&servers.asyncio, &servers.go}) {
    faster("coroutines_against_" + peer->name, servers.coroutines, *peer);
    report.add("p99_against_" + peer->name + "_ratio",
               runs.ratio(servers.coroutines.style, peer->style, "p99_seconds"));
  }
}

}  // namespace

void measure_many_connections(const MeasurementOptions& options,
                              const BusyServers& servers, Report& report) {
  const Comparison runs = run_all(options, servers);
  report.heading(fmt::format("{} connections", servers.many));
  add_tables(runs, servers, report);
  add_ratios(runs, servers, report);
  const std::string& style = servers.coroutines.style;
  report.add("coroutines_answers_per_second", runs.figure(style, per_core));
  report.add("coroutines_p99_seconds", runs.figure(style, "p99_seconds"));
  report.add("coroutines_errors", runs.figure(style, "errors"));
}

}  // namespace measurements
