// The busy server: a process, a thread and a coroutine for each connection, under one
// load, beside asyncio, Go's net/http, and what the loopback alone allows.
//
// The server has one core and the load another one, where there are two.
//
//     busy_server_benchmark [--quick]
#include <fmt/core.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "examples_2026_11_22_10_00/http_service.hpp"
#include "examples_2026_11_22_10_00/load.hpp"
#include "examples_2026_11_22_10_00/server_process.hpp"
#include "tests/benchmarks/measure.hpp"

namespace {

constexpr int think_milliseconds = 10;
// A style still serves so many if 99 of 100 answers come within this.
constexpr double good_latency_seconds = 0.1;

struct Run {
  double answers_per_second = 0;
  double answers_per_core_second = 0;  // by the server's CPU time
  double p50_seconds = 0;
  double p99_seconds = 0;
  double memory_bytes = 0;  // of each connection
  int errors = 0;
};

struct Server {
  std::string style;
  std::vector<std::string> command;
  int most_connections;
};

// The cores that this process may use.
std::vector<int> cores() {
  ::cpu_set_t set;
  ::sched_getaffinity(0, sizeof set, &set);
  std::vector<int> numbers;
  for (int core = 0; core < CPU_SETSIZE; ++core)
    if (CPU_ISSET(static_cast<std::size_t>(core), &set)) numbers.push_back(core);
  return numbers;
}

std::optional<int> pin() {
  const std::vector<int> all = cores();
  if (all.size() < 2) return std::nullopt;
  ::cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(all[1]), &set);
  ::sched_setaffinity(0, sizeof set, &set);
  return all[0];
}

// What the kernel allows this machine, or this container, in processes.
int most_processes() {
  long most = 32'768;
  for (const char* path : {"/proc/sys/kernel/pid_max", "/proc/sys/kernel/threads-max",
                           "/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/pids/pids.max"}) {
    long number = 0;
    if (std::ifstream(path) >> number) most = std::min(most, number);
  }
  ::rlimit limit{};
  ::getrlimit(RLIMIT_NPROC, &limit);
  return static_cast<int>(
      std::min<::rlim_t>(limit.rlim_cur, static_cast<::rlim_t>(most)));
}

// By open files, and by memory: a connection takes far less than 64 KiB on both sides,
// in all styles that have so many.
int most_connections() {
  // Root may have more than the hard limit that it was given.
  ::rlimit limit{};
  if (std::ifstream("/proc/sys/fs/nr_open") >> limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  raise_open_files_limit();
  ::getrlimit(RLIMIT_NOFILE, &limit);
  auto most = static_cast<long>(std::min<::rlim_t>(limit.rlim_cur, 1'000'000)) - 100;
  std::ifstream memory("/proc/meminfo");
  for (std::string word; memory >> word;)
    if (long kilobytes = 0; word == "MemAvailable:" && memory >> kilobytes)
      most = std::min(most, kilobytes / 64);
  return static_cast<int>(most);
}

Run run_once(const Server& server, int connections, double seconds,
             std::optional<int> core) {
  ServerProcess process(server.command, core);
  const ServerUsage idle = process.usage();
  Run run;
  {
    Load load(process.port(), connections);
    const LoadReport opened = load.open();
    const ServerUsage before = process.usage();
    const LoadReport asked = load.ask_for(std::chrono::duration<double>(seconds));
    const ServerUsage after = process.usage();
    const auto answers = static_cast<double>(asked.answers);
    run.answers_per_second = answers / asked.seconds;
    run.answers_per_core_second = answers / (after.cpu_seconds - before.cpu_seconds);
    run.p50_seconds = asked.latency(0.5);
    run.p99_seconds = asked.latency(0.99);
    run.memory_bytes =
        static_cast<double>(after.memory_bytes - idle.memory_bytes) / connections;
    run.errors = opened.error_count() + asked.error_count();
    if (opened.answers + asked.answers + static_cast<std::size_t>(run.errors) <
        opened.requests + asked.requests)
      throw std::runtime_error(server.style + ": an answer was lost");
  }
  process.end();
  if (process.left() > 0)
    throw std::runtime_error(server.style + ": the server left a process");
  return run;
}

void print(const std::string& style, int connections, const Run& run) {
  fmt::print(
      "  {:22} {:6} {:9.0f} /s {:9.0f} /core s {:8.2f} ms {:8.2f} ms {:8.1f} kB {}\n",
      style, connections, run.answers_per_second, run.answers_per_core_second,
      run.p50_seconds * 1e3, run.p99_seconds * 1e3, run.memory_bytes / 1e3, run.errors);
}

Run median_of(const std::vector<Run>& runs) {
  const auto middle = [&](double Run::*member) {
    std::vector<double> values;
    for (const Run& run : runs) values.push_back(run.*member);
    return median(values);
  };
  Run run;
  run.answers_per_second = middle(&Run::answers_per_second);
  run.answers_per_core_second = middle(&Run::answers_per_core_second);
  run.p50_seconds = middle(&Run::p50_seconds);
  run.p99_seconds = middle(&Run::p99_seconds);
  run.memory_bytes = middle(&Run::memory_bytes);
  for (const Run& one : runs) run.errors += one.errors;
  return run;
}

std::vector<Server> servers(const MeasureOptions& options, int allowed) {
  const std::string folder = "examples_2026_11_22_10_00/";
  const std::string think = std::to_string(think_milliseconds);
  // The first client waits until the last one is connected, too.
  const std::string patience = "60000";
  const auto own = [&](const std::string& name) -> std::vector<std::string> {
    return {options.programs + "/" + folder + name, "--think-ms", think,
            "--patience-ms", patience};
  };
  // Others need processes, too; and each takes the kernel's memory besides its own.
  const int processes = std::min(allowed, most_processes() / 3);
  return {
      {"processes", own("6_1_server_processes"), processes},
      {"threads", own("6_2_server_threads"), processes},
      {"coroutines", own("6_3_server_coroutines"), allowed},
      {"asyncio",
       {options.python, "-B", options.root + "/" + folder + "6_3_server_coroutines.py",
        "--think-ms", think, "--patience-ms", patience},
       allowed},
      {"Go net/http",
       {options.programs + "/tests/benchmarks/busy_server_go", think},
       allowed},
  };
}

void measure_busy_server(const MeasureOptions& options, nlohmann::json& figures) {
  const std::optional<int> core = pin();
  const int allowed = most_connections();
  const int many = std::min(options.quick ? 200 : 10'000, allowed);
  if (many < 10'000 && !options.quick)
    fmt::print("no more than {} connections on this machine\n", many);
  figures["connections"] = many;
  figures["go_version"] =
      run_command({options.programs + "/tests/benchmarks/busy_server_go", "--version"})
          .output;
  figures["think_seconds"] = think_milliseconds * 1e-3;
  figures["good_latency_seconds"] = good_latency_seconds;

  const std::vector<Server> all = servers(options, allowed);
  fmt::print("  {:22} {:>6} {:>12} {:>16} {:>11} {:>11} {:>11} errors\n", "style",
             "open", "answers", "", "p50", "p99", "memory");
  nlohmann::json rows = nlohmann::json::array();
  std::vector<int> numbers{10, 30, 100, 300, 1'000, 3'000, 10'000};
  // And as many as this machine allows.
  if (const int most = std::min(100'000, allowed / 1'000 * 1'000); most > 10'000)
    numbers.push_back(most);
  for (const Server& server : all) {
    int most = 0;
    double memory = 0, cpu_seconds = 0;
    for (const int connections : numbers) {
      if (options.quick && connections > many) break;
      if (connections > server.most_connections) {
        fmt::print("  {}: no more than {}\n", server.style, server.most_connections);
        break;
      }
      const Run run = run_once(server, connections, options.quick ? 0.1 : 0.3, core);
      print(server.style, connections, run);
      rows.push_back({{"style", server.style},
                      {"connections", connections},
                      {"answers_per_second", run.answers_per_second},
                      {"cpu_seconds", 1 / run.answers_per_core_second},
                      {"p50_seconds", run.p50_seconds},
                      {"p99_seconds", run.p99_seconds},
                      {"memory_bytes", run.memory_bytes},
                      {"errors", run.errors}});
      if (run.errors == 0 && run.p99_seconds <= good_latency_seconds)
        most = connections;
      if (connections > many) continue;
      memory = run.memory_bytes;
      cpu_seconds = 1 / run.answers_per_core_second;
    }
    std::string name = server.style.substr(0, server.style.find(' '));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    figures["most_connections_" + name] = most;
    figures[name + "_connection_bytes"] = memory;
    figures[name + "_answer_cpu_seconds"] = cpu_seconds;
  }
  figures["loads"] = rows;

  // What is compared with goals, in turn, all connections open.
  const Server limit{"the loopback alone",
                     {options.programs + "/tests/benchmarks/busy_server_limit"},
                     allowed};
  const auto step = [&](const std::string& name, const std::string& words) -> Server {
    std::vector<std::string> command = all[2].command;
    command[0] = options.programs + "/tests/benchmarks/busy_server_steps";
    command.insert(command.begin() + 1, name);
    return {words, command, allowed};
  };
  const std::vector<Server> steps{
      step("beast", "Beast"),
      step("known-executor", "+ the executor known"),
      step("one-limit", "+ one time limit for all"),
  };
  std::vector<Server> compared{all[2], all[3], all[4], limit};
  compared.insert(compared.end(), steps.begin(), steps.end());
  std::map<std::string, std::vector<Run>> runs;
  for (int round = 0; round < (options.quick ? 1 : 3); ++round)
    for (const Server& server : compared)
      runs[server.style].push_back(
          run_once(server, many, options.quick ? 0.2 : 0.7, core));
  fmt::print("{} connections, medians of {} rounds in turn\n", many,
             runs.begin()->second.size());
  std::map<std::string, Run> medians;
  for (const Server& server : compared) {
    medians[server.style] = median_of(runs[server.style]);
    print(server.style, many, medians[server.style]);
  }
  for (const char* style :
       {"coroutines", "asyncio", "Go net/http", "the loopback alone"})
    figures["many"].push_back(
        {{"style", style},
         {"answers_per_core_per_second", medians[style].answers_per_core_second}});
  const auto add_step = [&](const std::string& words, const std::string& style) {
    figures["steps"].push_back(
        {{"step", words}, {"cpu_seconds", 1 / medians[style].answers_per_core_second}});
  };
  for (const Server& server : steps) add_step(server.style, server.style);
  add_step("+ answers that exist", "coroutines");
  add_step(limit.style, limit.style);
  const auto faster = [&](const std::string& name, const std::string& style,
                          const std::string& other) {
    figures[name] =
        medians[style].answers_per_core_second / medians[other].answers_per_core_second;
  };
  faster("known_executor_ratio", steps[1].style, steps[0].style);
  faster("one_limit_ratio", steps[2].style, steps[1].style);
  faster("existing_answers_ratio", "coroutines", steps[2].style);
  faster("coroutines_against_beast_ratio", "coroutines", steps[0].style);
  faster("of_the_limit_ratio", "coroutines", limit.style);
  faster("limit_against_asyncio_ratio", limit.style, "asyncio");
  const Run& coroutines = medians["coroutines"];
  const auto compare = [&](const std::string& peer, const std::string& name,
                           double goal) {
    const Run& other = medians[peer];
    const double ratio =
        coroutines.answers_per_core_second / other.answers_per_core_second;
    const double p99 = coroutines.p99_seconds / other.p99_seconds;
    figures["coroutines_against_" + name + "_ratio"] = ratio;
    figures["p99_against_" + name + "_ratio"] = p99;
    fmt::print("coroutines: {:.2f} x {} (goal {} x), p99 {:.2f} x (goal 1 x at most)\n",
               ratio, peer, goal, p99);
  };
  compare("asyncio", "asyncio", 10);
  compare("Go net/http", "go", 1);
  figures["coroutines_answers_per_second"] = coroutines.answers_per_core_second;
  figures["coroutines_p99_seconds"] = coroutines.p99_seconds;
  figures["coroutines_errors"] = coroutines.errors;
  fmt::print("the loopback alone: {:.2f} x asyncio\n",
             figures["limit_against_asyncio_ratio"].get<double>());
  fmt::print("coroutines: {:.2f} x of what the loopback allows\n",
             figures["of_the_limit_ratio"].get<double>());
}

}  // namespace

int main(int argc, char** argv) {
  return measure(argc, argv, "Three styles of a busy server under load",
                 measure_busy_server);
}
