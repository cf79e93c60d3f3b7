#pragma once

/// @file
/// What the benchmarks share: their command line, how they take times, and the file of
/// figures that the book reads.

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

/// The time that an action takes.
template <class Action>
double seconds_of(const Action& action) {
  const auto start = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

/// The one in the middle.
inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Runs a benchmark, `NAME [--output FILE] [--quick]`, and writes the figures that it
/// returns; a quick one only shows that it runs. What main() returns.
inline int run_benchmark(const std::string& name, const std::string& title, int argc,
                         char** argv,
                         const std::function<nlohmann::json(bool quick)>& measure) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  CLI::App app(title);
  std::string output;
  bool quick = false;
  app.add_option("--output", output, "A JSON file for the figures");
  app.add_flag("--quick", quick, "A few rounds: for a test that it runs");
  CLI11_PARSE(app, argc, argv);

  const nlohmann::json figures = measure(quick);
  if (output.empty()) return 0;
  const std::string written = output + ".new";
  std::ofstream file(written);
  file << figures.dump(2) << '\n';
  file.close();
  if (file && std::rename(written.c_str(), output.c_str()) == 0) return 0;
  std::remove(written.c_str());
  fmt::print(stderr, "{}: cannot write {}\n", name, output);
  return 1;
}
