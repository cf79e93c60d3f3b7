// One loop for each core: the same service, of which each answer keeps a core busy for
// a while, on one loop, and on two loops as threads and as processes that share a port;
// their memory; and what is left when one of their processes is killed.
//
//     loops_benchmark [--quick]
#include <fmt/core.h>
#include <signal.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "examples_2026_11_22_10_00/load.hpp"
#include "examples_2026_11_22_10_00/server_process.hpp"
#include "tests/benchmarks/measure.hpp"

namespace {

constexpr int compute_microseconds = 1000;
constexpr int connections_of_each_loop = 32;
constexpr int most_loops = 8;  // the load is made on one core

struct Style {
  const char* name;  // in the figures
  const char* words;
  std::vector<std::string> command;
};

std::vector<Style> styles(const MeasureOptions& options, int loops) {
  const auto command = [&](const std::string& program, int count) {
    std::vector<std::string> words{
        options.programs + "/examples_2026_11_22_10_00/" + program, "--think-ms", "0",
        "--compute-us", std::to_string(compute_microseconds)};
    if (count > 0) words.insert(words.end(), {"--loops", std::to_string(count)});
    return words;
  };
  return {
      {"one_loop", "one loop", command("6_3_server_coroutines", 0)},
      {"threads", "a loop per core, threads", command("7_1_loop_per_thread", loops)},
      {"processes", "a loop per core, processes",
       command("7_2_loop_per_process", loops)},
  };
}

void end(ServerProcess& server, const Style& style) {
  server.end();
  if (server.left() > 0)
    throw std::runtime_error(fmt::format("{}: a process was left", style.words));
}

int connections_to(int loops) {
  return connections_of_each_loop * loops;
}

struct Answers {
  double per_second;
  double memory_bytes;
};

Answers answers_of(const Style& style, int connections, double seconds) {
  ServerProcess server(style.command);
  Answers answers{};
  {
    Load load(server.port(), connections);
    const LoadReport opened = load.open();
    const LoadReport asked = load.ask_for(std::chrono::duration<double>(seconds));
    if (opened.error_count() + asked.error_count() > 0)
      throw std::runtime_error(fmt::format("{}: not all were answered", style.words));
    answers.per_second = static_cast<double>(asked.answers) / asked.seconds;
    answers.memory_bytes = static_cast<double>(server.usage().memory_bytes);
  }
  end(server, style);
  return answers;
}

void measure_answers(const MeasureOptions& options, const std::vector<Style>& all,
                     int loops, int cores, nlohmann::json& figures) {
  std::vector<double> memory(all.size());
  std::vector<std::function<double()>> peers;
  for (std::size_t i = 0; i < all.size(); ++i)
    peers.emplace_back([&, i] {
      const Answers answers =
          answers_of(all[i], connections_to(loops), options.quick ? 0.2 : 2);
      memory[i] = answers.memory_bytes;
      return answers.per_second;
    });
  const auto per_second = medians_in_turn(options.quick ? 1 : 5, peers);

  const double limit = 1e6 / compute_microseconds;  // of one core
  figures["loops"] = loops;
  figures["compute_seconds"] = compute_microseconds * 1e-6;
  figures["one_core_answers_per_second"] = limit;
  figures["most_answers_per_second"] = limit * std::min(loops, cores);
  fmt::print(
      "answers a second, on {} loops; each takes {} us of a core: {:.0f} at most of "
      "one\n",
      loops, compute_microseconds, limit);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string name = all[i].name;
    const double ratio = per_second[i] / per_second[0];
    figures[name + "_answers_per_second"] = per_second[i];
    figures[name + "_memory_bytes"] = memory[i];
    if (i > 0) figures[name + "_speed_up_ratio"] = ratio;
    figures["styles"].push_back(
        {{"style", all[i].words}, {"answers_per_second", per_second[i]}});
    fmt::print("  {:<28} {:6.0f} /s  {:.2f} x  {:5.1f} MB\n", all[i].words,
               per_second[i], ratio, memory[i] * 1e-6);
  }
}

/// The process of a server that serves: one of its children, or itself.
pid_t process_that_serves(const ServerProcess& server) {
  pid_t process = server.pid();
  std::ifstream(fmt::format("/proc/{0}/task/{0}/children", process)) >> process;
  return process;
}

/// Kills one process of a server that serves, and counts what its clients lose.
void measure_crash(const Style& style, int connections, nlohmann::json& figures) {
  ServerProcess server(style.command);
  int lost = 0;
  std::size_t served = 0;
  {
    Load before(server.port(), connections), after(server.port(), connections);
    if (before.open().error_count() > 0)
      throw std::runtime_error(fmt::format("{}: not all were answered", style.words));
    ::kill(process_that_serves(server), SIGKILL);
    lost = before.ask(1).error_count();
    served = after.open().answers;
  }
  end(server, style);
  const std::string name = style.name;
  figures[name + "_lost_connections"] = lost;
  figures[name + "_new_connections_served"] = served;
  fmt::print("  {:<28} {} of {} connections lost, then {} of {} served\n", style.words,
             lost, connections, served, connections);
}

void measure_loops(const MeasureOptions& options, nlohmann::json& figures) {
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  const int loops = std::clamp(cores, 2, most_loops);
  const std::vector<Style> all = styles(options, loops);
  figures["connections"] = connections_to(loops);
  measure_answers(options, all, loops, cores, figures);
  fmt::print("one process is killed\n");
  for (const Style& style : all) measure_crash(style, connections_to(loops), figures);
}

}  // namespace

int main(int argc, char** argv) {
  return measure(argc, argv, "One loop for each core", measure_loops);
}
