/// \file
/// What the book's measurements share: options, peers measured in turn, and a JSON
/// file.
#pragma once

#include <chrono>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

/// How a measurement is run.
struct MeasureOptions {
  std::string output;                   ///< A JSON file for the figures; none if empty.
  std::string programs = "build/book";  ///< The build that has the programs.
  std::string root = ".";               ///< Where the counterparts are.
  std::string python = "python3";       ///< What runs them.
  bool quick = false;  ///< As little as shows that it works: for a test.
};

/// Measures: fills `figures`, whose names end with their unit, and prints what it
/// found.
using Measure =
    std::function<void(const MeasureOptions& options, nlohmann::json& figures)>;

/// The `main` of a measurement: reads its options, measures, and writes the figures to
/// a new name, which it then gives the file's. Ends the program with exit code 2 for
/// arguments that it does not know, and with 0 after `--help`.
/// \return 0; 1 after an exception or where the file cannot be written, with one line
/// on
///   stderr.
int measure(int argc, char** argv, std::string_view title, const Measure& body);

/// Seconds of wall time that the action takes.
template <class Action>
double seconds_of(const Action& action) {
  const auto start = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

/// The middle value; of an even number of values, the upper of the two.
/// \pre There is one at least.
double median(std::vector<double> values);

/// Measures peers one after the other, `rounds` times, so that what else the machine
/// does in the meantime falls on all of them.
/// \param rounds How often; at least once.
/// \param peers Each runs once and returns what it measured.
/// \return The median of each.
std::vector<double> medians_in_turn(int rounds,
                                    const std::vector<std::function<double()>>& peers);

/// What a run of another program cost.
struct Cost {
  double wall_seconds;     ///< From its start to its end.
  double cpu_seconds;      ///< Of it and of the children that it waited for.
  long long memory_bytes;  ///< The most that one of its processes had at a time.
  std::string output;      ///< What it wrote to stdout.
};

/// Runs a program to its end; its stderr is this one's.
/// \param words The program, found as a shell finds it, and its arguments.
/// \throws std::system_error if it cannot be started, std::runtime_error with its first
///   words if it fails.
Cost run_command(const std::vector<std::string>& words);
