#pragma once

/// @file
/// Runs a transcript many times.

#include <cstddef>
#include <string>
#include <vector>

#include "recorder/book_program.hpp"
#include "recorder/judged_run.hpp"
#include "recorder/repetition.hpp"
#include "recorder/transcript.hpp"

namespace recorder {

/// What came of many runs.
struct RepeatedRuns {
  int terminal = 0;  ///< Runs on a terminal, the one that the book shows among them.
  int pipe = 0;      ///< Runs through a pipe.
  int late = 0;      ///< Of these, late at first, and then, alone, not.
  std::size_t orders_seen = 0;        ///< Different outputs, numbers aside.
  std::vector<std::string> refusals;  ///< One text for each run that was refused.
};

/// Runs a transcript many times, each run in a recorder process of its own; those that
/// were late are then made again, alone.
///
/// @param first a run that was made already, on a terminal: it counts.
/// @throws std::system_error where there are no descriptors or processes to be had.
/// @throws std::runtime_error where no run can be made alone.
RepeatedRuns repeat_runs(const BookProgram& program, const Transcript& allowed,
                         const Repetition& how, const JudgedRun& first);

}  // namespace recorder
