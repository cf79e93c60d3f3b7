// What becomes of one variable that two threads change, over many runs of the program
// `lock` and of its counterpart.
//
//     lock_benchmark [--form trial|short|long]
#include <fmt/core.h>

#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "measurements/comparison.hpp"
#include "measurements/measurement.hpp"
#include "measurements/run_command.hpp"

namespace measurements {
namespace {

/// How often each outcome came, by what stands before it.
using Counts = std::map<std::string, std::map<int, long>>;

void add_counts_of_a_run(const std::vector<std::string>& words, Counts& counts) {
  std::istringstream lines(run_command(words).output);
  for (std::string what; std::getline(lines, what, ':');) {
    std::string x, is, in, rest;
    int outcome;
    long often;
    if (!(lines >> x >> is >> outcome >> in >> often) || !std::getline(lines, rest))
      throw std::runtime_error("the program says something else: " + what);
    counts[what][outcome] += often;
  }
}

void measure_lock(const MeasurementOptions& options, Report& report) {
  const std::string key = "/examples_2017_09_09_12_15/lock";
  Counts cpp, python;
  int runs = 0;
  // The more runs, the more outcomes that are rare; as many of each as there is time.
  const int max_runs = by_form(options.form, 1, 20, 20);
  const double max_seconds = by_form(options.form, 0.0, 5.0, 600.0);
  for (double seconds = 0; runs == 0 || (runs < max_runs && seconds < max_seconds);
       ++runs)
    seconds += seconds_of([&] {
      add_counts_of_a_run({options.programs + key}, cpp);
      add_counts_of_a_run({options.python, "-B", options.root + key + ".py"}, python);
    });
  report.add_fact("runs", std::int64_t{runs});
  const auto add = [&](const char* language, const Counts& counts) {
    for (const auto& [what, outcomes] : counts)
      for (const int outcome : {-2, -1, 1}) {
        const auto found = outcomes.find(outcome);
        const long often = found == outcomes.end() ? 0 : found->second;
        report.add_row(language, {{"outcome", fmt::format("{}: {}", what, outcome)}},
                       {{"trials", Figure::counted(static_cast<double>(often))}});
      }
  };
  report.heading("outcomes in C++");
  add("cpp", cpp);
  report.heading("outcomes in CPython");
  add("python", python);
}

}  // namespace
}  // namespace measurements

int main(int argc, char** argv) {
  return measurements::run_measurement(argc, argv, "lock",
                                       "The outcomes of a race, counted",
                                       measurements::measure_lock);
}
