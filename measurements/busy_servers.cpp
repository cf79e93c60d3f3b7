#include "measurements/busy_servers.hpp"

#include <fmt/core.h>
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include "examples_2026_11_22_10_00/load.hpp"
#include "measurements/resources.hpp"
#include "measurements/start_server.hpp"

namespace measurements {
namespace {

// Of both sides of a connection, in all styles that have many; a process or thread for
// each takes more, which is seen when there are a few of them.
constexpr std::uint64_t connection_bytes = 64 << 10;

/// Keeps this process on one core.
/// @return Another core; none if there is only one.
std::optional<int> pin_to_one_core() {
  const std::vector<int> all = allowed_cores();
  if (all.size() < 2 || all[1] >= CPU_SETSIZE) return std::nullopt;
  ::cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(all[1]), &set);
  if (::sched_setaffinity(0, sizeof set, &set) != 0) return std::nullopt;
  return all[0];
}

int as_count(std::uint64_t number) {
  return static_cast<int>(std::min<std::uint64_t>(number, 1'000'000));
}

/// How many connections this process may have, by open files and by memory.
int allowed_connections() {
  const int files = as_count(raise_open_files());
  return std::min(files - std::min(files, 100),
                  as_count(available_memory() / connection_bytes));
}

/// The options that the servers of the book have.
const std::vector<std::string>& service_options() {
  static const std::vector<std::string> options{
      "--think-ms", std::to_string(think_milliseconds),
      // The first client waits until the last one is connected, too.
      "--timeout-ms", "600000"};
  return options;
}

BusyServer make_server(std::string style, std::string name,
                       std::vector<std::string> command, int max_connections) {
  return {.style = std::move(style),
          .name = std::move(name),
          .command = std::move(command),
          .max_connections = max_connections,
          .limit = fmt::format("this process may have {} connections, by its limit of "
                               "open files and by the available memory",
                               max_connections),
          .missing = {}};
}

BusyServer make_service(std::string style, std::string name,
                        std::vector<std::string> command, int max_connections) {
  const auto& how = service_options();
  command.insert(command.end(), how.begin(), how.end());
  return make_server(std::move(style), std::move(name), std::move(command),
                     max_connections);
}

/// Others need processes, too.
void limit_tasks(BusyServer& server) {
  const int tasks = as_count(max_kernel_tasks() / 3);
  if (tasks >= server.max_connections) return;
  server.max_connections = tasks;
  server.limit = fmt::format(
      "it takes a process or a thread for each, and {} of them is a third of what this "
      "user may have here",
      tasks);
}

}  // namespace

BusyServers::BusyServers(const MeasurementOptions& options)
    : core(pin_to_one_core()),
      max_connections(allowed_connections()),
      many(std::min(by_form(options.form, 200, 1'000, 10'000), max_connections)) {
  const std::string folder = "/examples_2026_11_22_10_00/";
  const std::string programs = options.programs + folder;
  const std::string peers = options.programs + "/measurements/";
  const auto style = [&](const std::string& name, const std::string& program) {
    return make_service(name, name, {programs + program}, max_connections);
  };
  processes = style("processes", "6_1_server_processes");
  limit_tasks(processes);
  threads = style("threads", "6_2_server_threads");
  limit_tasks(threads);
  coroutines = style("coroutines", "6_3_server_coroutines");
  asyncio = make_service(
      "asyncio", "asyncio",
      {options.python, "-B", options.root + folder + "6_3_server_coroutines.py"},
      max_connections);
  go = make_server("Go net/http", "go",
                   {peers + "busy_server_go", std::to_string(think_milliseconds)},
                   max_connections);
#ifndef BOOK_HAS_GO
  go.missing = "Go was not found when this build was configured";
#endif

  const auto step = [&](const std::string& name, const std::string& words) {
    return make_service(words, name, {peers + "busy_server_steps", name},
                        max_connections);
  };
  beast = step("beast", "Beast");
  known_executor = step("known-executor", "+ the executor known");
  one_timeout = step("one-timeout", "+ one timeout for all");
  loopback = make_server("the loopback alone", "limit", {peers + "busy_server_limit"},
                         max_connections);
}

std::vector<const BusyServer*> BusyServers::styles() const {
  return {&processes, &threads, &coroutines, &asyncio, &go};
}

void add_server(Comparison& comparison, const BusyServer& server, int connections,
                std::function<Sample()> run) {
  if (!server.missing.empty())
    comparison.add_missing(server.style, server.missing);
  else if (connections > server.max_connections)
    comparison.add_missing(server.style, server.limit);
  else
    comparison.add(server.style, std::move(run));
}

LoadedRun run_under_load(const BusyServer& server, int connections, double seconds,
                         std::optional<int> core) {
  const auto available = static_cast<double>(available_memory());
  ServerProcess process = start_server(server.command, core);
  const ServerUsage idle = process.usage();
  Sample sample;
  double machine_bytes = 0;
  {
    Load load(process.port(), connections);
    const LoadReport opened = load.open();
    machine_bytes = (available - static_cast<double>(available_memory())) / connections;
    const ServerUsage before = process.usage();
    const LoadReport asked = load.ask_for(std::chrono::duration<double>(seconds));
    const ServerUsage after = process.usage();
    const auto answers = static_cast<double>(asked.answers);
    const double cpu_seconds = after.cpu_seconds - before.cpu_seconds;
    const int errors = opened.error_count() + asked.error_count();
    sample["answers_per_second"] = answers / asked.seconds;
    sample["answers_per_core_per_second"] = answers / cpu_seconds;
    sample["cpu_seconds"] = cpu_seconds / answers;
    sample["p50_seconds"] = asked.latency(0.5);
    sample["p99_seconds"] = asked.latency(0.99);
    sample["memory_bytes"] =
        static_cast<double>(after.memory_bytes - idle.memory_bytes) / connections;
    sample["errors"] = errors;
    if (opened.answers + asked.answers + static_cast<std::size_t>(errors) <
        opened.requests + asked.requests)
      throw std::runtime_error(server.style + ": an answer was lost");
  }
  process.end();
  if (process.left() > 0)
    throw std::runtime_error(server.style + ": the server left a process");
  return {std::move(sample), machine_bytes};
}

}  // namespace measurements
