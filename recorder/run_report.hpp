#pragma once

/// @file
/// What a recorder process tells of the run that it made to the one that started it.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "recorder/judged_run.hpp"
#include "recorder/line_times.hpp"

namespace recorder {

/// Where and when the order of a run was broken.
struct BrokenOrder {
  std::size_t at;         ///< The place of the line that broke it.
  double time;            ///< When that line came, in seconds since the first.
  double waited_seconds;  ///< How long the run's threads waited for a core.
};

/// What counts of one run among many.
struct RunReport {
  Outcome outcome = Outcome::refused;
  std::string order;   ///< As Verdict::order.
  std::string reason;  ///< Why it was not accepted.
  bool timed_out = false;
  std::vector<std::string> lines;     ///< Of a run that was not accepted.
  LineTimes times;                    ///< Of an accepted one.
  std::optional<BrokenOrder> broken;  ///< Of one whose order was broken.
};

/// The report of a judged run.
RunReport report_of(const JudgedRun& judged);

/// A run that was not accepted, for people to read.
std::string describe(bool terminal, const RunReport& report);

/// A report as bytes, for a pipe.
std::string serialize(const RunReport& report);

/// The report in bytes of serialize(); nothing where they hold none.
std::optional<RunReport> parse_report(const std::string& bytes);

}  // namespace recorder
