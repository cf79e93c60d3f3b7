#pragma once

/// @file
/// The verdict on a recorded run: its lines, who wrote them, and how it ended.

#include <string>

#include "recorder/judge_lines.hpp"
#include "recorder/run.hpp"
#include "recorder/transcript.hpp"

namespace recorder {

/// Judges all of a run that is not its lines: how it ended, and what it left behind.
///
/// @return what is wrong; empty where nothing is.
std::string judge_end(const Run& run, int exit_status);

/// The verdict on a recorded run: its end, its lines, and that all lines that stand in
/// one lane alone were written by one thread.
///
/// @throws std::runtime_error as judge_lines().
Verdict judge_run(const Transcript& allowed, const Run& run);

}  // namespace recorder
