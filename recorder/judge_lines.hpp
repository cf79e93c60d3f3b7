#pragma once

/// @file
/// Judges the lines of a run by a transcript.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "recorder/transcript.hpp"

namespace recorder {

/// A measured number in a line of a run.
struct Measurement {
  std::size_t begin;  ///< Offset of its first byte in the line.
  std::size_t end;    ///< Offset behind its last byte.
  double value;
  MeasuredNumber bounds;
};

/// The place of one line of a run in the transcript.
struct PlacedLine {
  std::size_t event;  ///< Index in Transcript::events.
  /// The lanes it stands in, where it doesn't stand in all.
  std::vector<std::string> lanes;
  bool in_all_lanes;
  std::vector<Measurement> measured;
};

/// What is said of a run.
struct Verdict {
  bool accepted = false;
  /// Where nothing is wrong but that times exceed their upper bounds: by how much the
  /// one that does so the most.
  std::optional<double> late_by_seconds;
  /// Where the order is wrong: the index of the run's line that broke it; the number of
  /// its lines where some are missing at its end.
  std::optional<std::size_t> broken_at;
  /// Why not: the first line that broke the transcript, and its lanes.
  std::string reason;
  /// One for each line of a run that is accepted or late; of another one, for the lines
  /// before the one that broke it.
  std::vector<PlacedLine> lines;
  /// The run's lines with measured numbers and identifiers as the transcript writes
  /// them: equal for two runs that printed in the same order.
  std::string order;
};

/// Judges the lines of a run by a transcript.
///
/// A run is accepted if its lines are those of the transcript, each once, in an order
/// in which lines that share a lane keep the transcript's order, with every number
/// within its bounds and every identifier the same wherever it stands. It is late if
/// that is so but for the upper bounds of times.
///
/// @throws std::runtime_error where the transcript allows too many ways to be judged.
Verdict judge_lines(const Transcript& allowed, const std::vector<std::string>& lines);

}  // namespace recorder
