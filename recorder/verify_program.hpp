#pragma once

/// @file
/// Runs a program many times against each of its transcripts.

#include "recorder/book_program.hpp"
#include "recorder/repetition.hpp"

namespace recorder {

/// Runs a program many times against each of its transcripts, and prints what came of
/// it: to standard error where runs were refused.
///
/// @return whether all runs were accepted.
/// @throws as repeat_runs() and BookProgram::require_executable().
bool verify_program(const BookProgram& program, const Repetition& how);

}  // namespace recorder
