#pragma once

/// @file
/// All runs of a transcript, or on standard error why some were refused.

#include <optional>
#include <string>
#include <vector>

#include "recorder/book_program.hpp"
#include "recorder/judged_run.hpp"
#include "recorder/repeat_runs.hpp"
#include "recorder/repetition.hpp"
#include "recorder/transcript.hpp"

namespace recorder {

/// Prints to standard error why runs were refused: a reader needs two or three reasons,
/// not all.
///
/// @param runs how many were made.
void print_refusals(const BookProgram& program,
                    const std::vector<std::string>& refusals, int runs);

/// Makes all runs of a transcript but the first, as many side by side as that one
/// leaves room for.
///
/// @return nothing where one was refused, which is printed to standard error.
/// @throws as repeat_runs().
std::optional<RepeatedRuns> accepted_runs(const BookProgram& program,
                                          const Transcript& allowed, Repetition how,
                                          const JudgedRun& first);

}  // namespace recorder
