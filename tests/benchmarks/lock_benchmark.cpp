// What becomes of one variable that two threads change, over many runs of the program
// `lock` and of its counterpart.
#include <fmt/core.h>

#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "tests/benchmarks/measure.hpp"

namespace {

/// The counts of all runs, by what stands before the outcome, and the outcome.
std::map<std::string, std::map<int, long>> count(const std::vector<std::string>& words,
                                                 int runs) {
  std::map<std::string, std::map<int, long>> counts;
  for (int run = 0; run < runs; ++run) {
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
  return counts;
}

void measure_lock(const MeasureOptions& options, nlohmann::json& figures) {
  const int runs = options.quick ? 1 : 20;
  figures["runs"] = runs;
  const auto add = [&](const char* language, const std::vector<std::string>& words) {
    for (const auto& [what, outcomes] : count(words, runs))
      for (const int outcome : {-2, -1, 1}) {
        const auto found = outcomes.find(outcome);
        const long often = found == outcomes.end() ? 0 : found->second;
        const std::string name = fmt::format("{}: {}", what, outcome);
        fmt::print("{:<6} {:<20} {:8}\n", language, name, often);
        figures[language].push_back({{"outcome", name}, {"trials", often}});
      }
  };
  add("cpp", {options.programs + "/examples_2017_09_09_12_15/lock"});
  add("python",
      {options.python, "-B", options.root + "/examples_2017_09_09_12_15/lock.py"});
}

}  // namespace

int main(int argc, char** argv) {
  return measure(argc, argv, "The outcomes of a race, counted", measure_lock);
}
