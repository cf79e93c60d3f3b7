// The busy server: a process, a thread and a coroutine for each connection, under one
// load, beside asyncio, Go's net/http, and what the loopback alone allows.
//
// The server has one core and the load another one, where there are two.
//
//     busy_server_benchmark [--form trial|short|long]
#include <fmt/core.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <limits>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "examples_2026_11_22_10_00/load.hpp"
#include "measurements/comparison.hpp"
#include "measurements/measure.hpp"
#include "measurements/resources.hpp"
#include "measurements/run_command.hpp"
#include "measurements/start_server.hpp"

namespace {

constexpr int think_milliseconds = 10;
// A style still serves so many if 99 of 100 answers come within this.
constexpr double good_latency_seconds = 0.1;
// Of both sides of a connection, in all styles that have many; a process or thread for
// each takes more, which is seen when there are a few of them.
constexpr std::uint64_t connection_bytes = 64 << 10;

struct Server {
  std::string style;
  std::string name;  // in the figures
  std::vector<std::string> command;
  int most_connections;
  std::string limit;    // why no more of them
  std::string missing;  // why there is none; empty if there is
};

/// Keeps this process, which makes the load, on one core.
/// \return The core for the server; none if there is only one.
std::optional<int> pin() {
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
int most_connections() {
  const int files = as_count(raise_open_files());
  return std::min(files - std::min(files, 100),
                  as_count(available_memory() / connection_bytes));
}

struct Run {
  Sample sample;
  double machine_bytes;  // that the machine had less, for each connection
};

Run run_once(const Server& server, int connections, double seconds,
             std::optional<int> core) {
  const auto available = static_cast<double>(available_memory());
  ServerProcess process = start_server(server.command, core);
  const ServerUsage idle = process.usage();
  Sample run;
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
    run["answers_per_second"] = answers / asked.seconds;
    run["answers_per_core_per_second"] = answers / cpu_seconds;
    run["cpu_seconds"] = cpu_seconds / answers;
    run["p50_seconds"] = asked.latency(0.5);
    run["p99_seconds"] = asked.latency(0.99);
    run["memory_bytes"] =
        static_cast<double>(after.memory_bytes - idle.memory_bytes) / connections;
    run["errors"] = errors;
    if (opened.answers + asked.answers + static_cast<std::size_t>(errors) <
        opened.requests + asked.requests)
      throw std::runtime_error(server.style + ": an answer was lost");
  }
  process.end();
  if (process.left() > 0)
    throw std::runtime_error(server.style + ": the server left a process");
  return {run, machine_bytes};
}

void add(Comparison& comparison, const Server& server, int connections,
         std::function<Sample()> run) {
  if (!server.missing.empty())
    comparison.add_missing(server.style, server.missing);
  else if (connections > server.most_connections)
    comparison.add_missing(server.style, server.limit);
  else
    comparison.add(server.style, std::move(run));
}

class BusyServer {
 public:
  BusyServer(const MeasureOptions& options, Report& report)
      : options_(options),
        report_(report),
        core_(pin()),
        allowed_(most_connections()),
        many_(std::min(by_form(options.form, 200, 1'000, 10'000), allowed_)) {
    const std::string think = std::to_string(think_milliseconds);
    const std::string folder = "/examples_2026_11_22_10_00/";
    // The first client waits until the last one is connected, too.
    const std::vector<std::string> how{"--think-ms", think, "--patience-ms", "600000"};
    const auto server = [&](const std::string& style, const std::string& name,
                            std::vector<std::string> command, bool is_own = true) {
      if (is_own) command.insert(command.end(), how.begin(), how.end());
      return Server{style,
                    name,
                    std::move(command),
                    allowed_,
                    fmt::format("this process may have {} connections, by its limit of "
                                "open files and by the available memory",
                                allowed_),
                    {}};
    };
    servers_ = {
        server("processes", "processes",
               {options.programs + folder + "6_1_server_processes"}),
        server("threads", "threads",
               {options.programs + folder + "6_2_server_threads"}),
        server("coroutines", "coroutines",
               {options.programs + folder + "6_3_server_coroutines"}),
        server(
            "asyncio", "asyncio",
            {options.python, "-B", options.root + folder + "6_3_server_coroutines.py"}),
        server("Go net/http", "go",
               {options.programs + "/measurements/busy_server_go", think}, false),
    };
    // Others need processes, too.
    const int processes = as_count(most_kernel_tasks() / 3);
    for (Server* one : {&servers_[0], &servers_[1]}) {
      if (processes >= one->most_connections) continue;
      one->most_connections = processes;
      one->limit = fmt::format(
          "it takes a process or a thread for each, and {} of them is a third of what "
          "this user may have here",
          processes);
    }
#ifndef BOOK_HAS_GO
    servers_[4].missing = "Go was not found when this build was configured";
#endif
    const auto step = [&](const std::string& name, const std::string& words) {
      return server(words, name,
                    {options.programs + "/measurements/busy_server_steps", name});
    };
    steps_ = {step("beast", "Beast"), step("known-executor", "+ the executor known"),
              step("one-limit", "+ one time limit for all")};
    limit_ = server("the loopback alone", "limit",
                    {options.programs + "/measurements/busy_server_limit"}, false);
  }

  void measure_facts() {
    report_.add_fact("connections", std::int64_t{many_});
    report_.add_fact("think_seconds", think_milliseconds * 1e-3);
    report_.add_fact("good_latency_seconds", good_latency_seconds);
    const Server& go = servers_[4];
    if (go.missing.empty())
      report_.add_fact("go_version", run_command({go.command[0], "--version"}).output);
    else
      report_.add("go_version", Figure::not_measured(go.missing));
  }

  /// Each style by the number of connections: up to `connections` in any case, and
  /// beyond that as long as it serves well.
  void measure_loads() {
    report_.heading("more and more connections");
    std::vector<int> numbers{10, 30, 100, 300, 1'000, 3'000, 10'000};
    // And as many as this machine allows.
    if (const int most = std::min(100'000, allowed_ / 1'000 * 1'000);
        options_.form == Form::long_form && most > numbers.back())
      numbers.push_back(most);
    if (options_.form == Form::trial) numbers = {10, many_};
    if (options_.form == Form::short_form) std::erase(numbers, 30);
    std::map<std::string, State> states;
    for (const int connections : numbers) measure_load(connections, states);
    for (const Server& server : servers_) {
      const State& state = states[server.style];
      report_.add("most_connections_" + server.name,
                  state.cpu.is_measured() ? Figure::counted(state.most_connections)
                                          : state.cpu);
      report_.add(server.name + "_connection_bytes", state.memory);
      report_.add(server.name + "_answer_cpu_seconds", state.cpu);
    }
  }

  /// What is compared with each other, in turn, all connections open.
  void measure_many() {
    const Server& coroutines = servers_[2];
    std::vector<Server> compared{coroutines, servers_[3], servers_[4], limit_};
    compared.insert(compared.end(), steps_.begin(), steps_.end());
    Comparison runs(options_.form,
                    {.short_seconds = 6, .long_seconds = 60, .long_rounds = 3});
    const double seconds = by_form(options_.form, 0.2, 0.2, 0.7);
    for (const Server& server : compared)
      add(runs, server, many_, [this, server, seconds] {
        return run_once(server, many_, seconds, core_).sample;
      });
    // They give several times fewer answers.
    for (const Server* peer : {&servers_[3], &servers_[4]})
      runs.once_in_short_form(peer->style);
    runs.run();

    report_.heading(fmt::format("{} connections", many_));
    for (const Server& server : {coroutines, servers_[3], servers_[4], limit_})
      report_.add_row("many", {{"style", server.style}},
                      {{per_core, runs.figure(server.style, per_core)}});
    const auto add_step = [&](const std::string& words, const std::string& style) {
      report_.add_row("steps", {{"step", words}},
                      {{"cpu_seconds", runs.figure(style, "cpu_seconds")}});
    };
    for (const Server& server : steps_) add_step(server.style, server.style);
    add_step("+ answers that exist", coroutines.style);
    add_step(limit_.style, limit_.style);

    const auto faster = [&](const std::string& name, const Server& server,
                            const Server& other) {
      report_.add(name + "_ratio", runs.ratio(server.style, other.style, per_core));
    };
    faster("known_executor", steps_[1], steps_[0]);
    faster("one_limit", steps_[2], steps_[1]);
    faster("existing_answers", coroutines, steps_[2]);
    faster("coroutines_against_beast", coroutines, steps_[0]);
    faster("of_the_limit", coroutines, limit_);
    faster("limit_against_asyncio", limit_, servers_[3]);
    for (const Server& peer : {servers_[3], servers_[4]}) {
      faster("coroutines_against_" + peer.name, coroutines, peer);
      report_.add("p99_against_" + peer.name + "_ratio",
                  runs.ratio(coroutines.style, peer.style, "p99_seconds"));
    }
    report_.add("coroutines_answers_per_second",
                runs.figure(coroutines.style, per_core));
    report_.add("coroutines_p99_seconds", runs.figure(coroutines.style, "p99_seconds"));
    report_.add("coroutines_errors", runs.figure(coroutines.style, "errors"));
  }

 private:
  static constexpr const char* per_core = "answers_per_core_per_second";

  /// What the numbers of connections so far have shown of a style.
  struct State {
    bool served_well = true;   // the last number
    int most_connections = 0;  // that it served well
    double bytes = 0;          // of memory that each connection took
    Figure memory = Figure::not_measured("no number of connections was measured");
    Figure cpu = memory;
  };

  void measure_load(int connections, std::map<std::string, State>& states) {
    Comparison loads(options_.form, {.short_seconds = 0,
                                     .long_seconds = 10,
                                     .short_rounds = connections <= 10    ? 3
                                                     : connections <= 100 ? 5
                                                                          : 1,
                                     .long_rounds = 1});
    // Of ten clients few answers come in that time, and of a few, what else the machine
    // did is a part of the CPU time.
    const double seconds =
        by_form(options_.form, 0.1, 0.2, 0.3) * (connections <= 10 ? 3 : 1);
    std::vector<Server> loaded;
    for (const Server& server : servers_)
      if (connections <= many_ || states[server.style].served_well)
        loaded.push_back(server);
    for (const Server& server : loaded)
      add(loads, server, connections, [this, server, seconds, connections, &states] {
        State& state = states[server.style];
        need_memory(state.bytes * connections);
        const Run run = run_once(server, connections, seconds, core_);
        state.bytes = std::max(run.machine_bytes, run.sample.at("memory_bytes"));
        return run.sample;
      });
    for (const Server* peer : {&servers_[3], &servers_[4]})
      if (const auto names = loads.peers();
          std::find(names.begin(), names.end(), peer->style) != names.end())
        loads.once_in_short_form(peer->style);
    loads.run();
    for (const Server& server : loaded) {
      State& state = states[server.style];
      Report::Figures figures;
      for (const char* quantity : {"answers_per_second", "cpu_seconds", "p50_seconds",
                                   "p99_seconds", "memory_bytes", "errors"})
        figures.emplace_back(quantity, loads.figure(server.style, quantity));
      report_.add_row(
          "loads",
          {{"style", server.style}, {"connections", std::int64_t{connections}}},
          figures);
      const Figure p99 = loads.figure(server.style, "p99_seconds");
      const Figure errors = loads.figure(server.style, "errors");
      const Figure cpu = loads.figure(server.style, "cpu_seconds");
      state.served_well = p99.is_measured() && p99.value() <= good_latency_seconds &&
                          errors.is_measured() && errors.value() == 0;
      if (state.served_well) state.most_connections = connections;
      // With the most connections that were measured, of those that all styles have.
      if (connections > many_ || (!cpu.is_measured() && state.cpu.is_measured()))
        continue;
      state.cpu = cpu;
      state.memory = loads.figure(server.style, "memory_bytes");
    }
  }

  const MeasureOptions& options_;
  Report& report_;
  const std::optional<int> core_;
  const int allowed_;
  const int many_;
  std::vector<Server> servers_, steps_;
  Server limit_;
};

void measure_busy_server(const MeasureOptions& options, Report& report) {
  BusyServer busy_server(options, report);
  busy_server.measure_facts();
  busy_server.measure_loads();
  busy_server.measure_many();
}

}  // namespace

int main(int argc, char** argv) {
  return measure(argc, argv, "busy_server", "Three styles of a busy server under load",
                 measure_busy_server);
}
