/// @file
/// What the book's measurements share: their options and their `main`.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "measurements/form.hpp"
#include "measurements/report.hpp"

namespace measurements {

/// How a measurement is run.
struct MeasurementOptions {
  std::string output;                   ///< A JSON file for the figures; none if empty.
  std::string programs = "build/book";  ///< The build that has the programs.
  std::string root = ".";               ///< Where the counterparts are.
  std::string python = "python3";       ///< What runs them.
  Form form = Form::long_form;          ///< How thoroughly it measures.
};

/// Measures, and adds what it finds to the report.
using Body = std::function<void(const MeasurementOptions& options, Report& report)>;

/// The `main` of a measurement: reads its options, measures, and writes the report to
/// a new name, which it then gives the file's. Ends the program with exit code 2 for
/// arguments that it does not know, and with 0 after `--help`.
/// @param name The measurement's, as in `<name>_benchmark`.
/// @param title What it measures, in a few words.
/// @param body Measures.
/// @return 0, whatever this machine could not measure; 1 after an exception that no
///   limit of the machine's explains, or where the file cannot be written, with one
///   line on stderr.
int run_measurement(int argc, char** argv, std::string_view name,
                    std::string_view title, const Body& body);

}  // namespace measurements
