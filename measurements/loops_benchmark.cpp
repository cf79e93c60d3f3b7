// One loop for each core: the same service, of which each answer keeps a core busy for
// a while, on one loop, and on two loops as threads and as processes that share a port;
// their memory; and what is left when one of their processes is killed.
//
//     loops_benchmark [--form trial|short|long]
#include <fmt/core.h>
#include <signal.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "examples_2017_09_09_12_16/available_cores.hpp"
#include "examples_2026_11_22_10_00/load.hpp"
#include "measurements/comparison.hpp"
#include "measurements/measurement.hpp"
#include "measurements/start_server.hpp"
#include "program/proc.hpp"

namespace measurements {
namespace {

constexpr int compute_microseconds = 1000;
constexpr int connections_of_each_loop = 32;
constexpr int max_loops = 8;  // the load is made on one core

struct Style {
  const char* name;  // in the figures
  const char* words;
  std::vector<std::string> command;
};

std::vector<Style> styles(const MeasurementOptions& options, int loops) {
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

/// What clients did not get is for this machine to explain: their timeout is
/// generous, and a server that fails is what other tests are for.
void check_answered(const Style& style, const LoadReport& report) {
  if (report.error_count() == 0) return;
  const auto& [words, count] = *report.errors.begin();
  throw NotMeasured(fmt::format("{}: {} of {} requests were not answered ({})",
                                style.words, report.error_count(), report.requests,
                                words));
}

Sample answers_of(const Style& style, int connections, double seconds) {
  ServerProcess server = start_server(style.command);
  Sample sample;
  {
    Load load(server.port(), connections);
    check_answered(style, load.open());
    const LoadReport asked = load.ask_for(std::chrono::duration<double>(seconds));
    check_answered(style, asked);
    sample["answers_per_second"] = static_cast<double>(asked.answers) / asked.seconds;
    sample["memory_bytes"] = static_cast<double>(server.usage().memory_bytes);
  }
  end(server, style);
  return sample;
}

void measure_answers(const MeasurementOptions& options, const std::vector<Style>& all,
                     int loops, int cores, Report& report) {
  Comparison answers(options.form, {.short_seconds = 6, .long_seconds = 60});
  for (const Style& style : all)
    answers.add(style.name, [&, loops] {
      return answers_of(style, connections_to(loops),
                        by_form(options.form, 0.2, 0.5, 2.0));
    });
  answers.run();

  const double limit = 1e6 / compute_microseconds;  // of one core
  report.heading(
      fmt::format("{} loops, on {} core(s); each answer takes {} us of a core", loops,
                  cores, compute_microseconds));
  report.add_fact("loops", std::int64_t{loops});
  report.add_fact("compute_seconds", compute_microseconds * 1e-6);
  report.add_fact("one_core_answers_per_second", limit);
  report.add_fact("max_answers_per_second", limit * std::min(loops, cores));
  for (const Style& style : all) {
    const std::string name = style.name;
    const Figure per_second = answers.figure(name, "answers_per_second");
    report.add(name + "_answers_per_second", per_second);
    report.add(name + "_memory_bytes", answers.figure(name, "memory_bytes"));
    if (name != all[0].name)
      report.add(name + "_speed_up_ratio",
                 answers.ratio(name, all[0].name, "answers_per_second"));
    report.add_row("styles", {{"style", style.words}},
                   {{"answers_per_second", per_second}});
  }
}

/// The process of a server that serves: one of its children, or itself.
pid_t process_that_serves(const ServerProcess& server) {
  const auto children = program::proc::children(server.pid());
  return children.empty() ? server.pid() : children.front();
}

/// Kills one process of a server that serves, and counts what its clients lose.
void measure_crash(const Style& style, int connections, Report& report) {
  ServerProcess server = start_server(style.command);
  int lost = 0;
  std::size_t served = 0;
  {
    Load before(server.port(), connections), after(server.port(), connections);
    check_answered(style, before.open());
    ::kill(process_that_serves(server), SIGKILL);
    lost = before.ask(1).error_count();
    served = after.open().answers;
  }
  end(server, style);
  const std::string name = style.name;
  report.add(name + "_lost_connections", Figure::counted(lost));
  report.add(name + "_new_connections_served",
             Figure::counted(static_cast<double>(served)));
}

void measure_loops(const MeasurementOptions& options, Report& report) {
  const int cores = available_cores();
  const int loops = std::clamp(cores, 2, max_loops);
  const std::vector<Style> all = styles(options, loops);
  report.add_fact("connections", std::int64_t{connections_to(loops)});
  measure_answers(options, all, loops, cores, report);
  report.heading("one process that serves is killed");
  for (const Style& style : all) {
    const std::string name = style.name;
    report.attempt({name + "_lost_connections", name + "_new_connections_served"},
                   [&] { measure_crash(style, connections_to(loops), report); });
  }
}

}  // namespace
}  // namespace measurements

int main(int argc, char** argv) {
  return measurements::run_measurement(argc, argv, "loops", "One loop for each core",
                                       measurements::measure_loops);
}
