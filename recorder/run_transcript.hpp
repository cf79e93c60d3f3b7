#pragma once

/// @file
/// Runs a program as one of its transcripts says, and judges the run.

#include "recorder/book_program.hpp"
#include "recorder/judged_run.hpp"
#include "recorder/line_times.hpp"
#include "recorder/repetition.hpp"
#include "recorder/transcript.hpp"

namespace recorder {

/// How closely a run's threads are looked at.
enum class Sampling {
  closely,  ///< For all that they do.
  seldom,   ///< For how long they waited for a core: many runs can be made at a time.
};

/// What is run again and again: a program, as one of its transcripts says.
struct Task {
  const BookProgram& program;
  const Transcript& allowed;
  Sampling sampling;
};

/// Runs a transcript once.
///
/// @param terminal whether on a terminal; otherwise through pipes.
/// @throws std::system_error where the program can't be started.
/// @throws Interrupted as record_run().
JudgedRun run_once(const Task& task, bool terminal, double timeout_seconds);

/// Makes a run again that was late: until one is not late, or often enough. The caller
/// keeps all other runs away meanwhile.
///
/// @param timed_out whether the late run met its time limit: then this one has more.
/// @param accepted  of accepted runs; empty where there are none.
JudgedRun rerun_alone(const Task& task, bool terminal, bool timed_out,
                      double timeout_seconds, const LineTimes& accepted);

/// The first of many runs, on a terminal. It is made again, alone, if it was late.
JudgedRun run_first(const Task& task, const Repetition& how);

/// The run that the book shows: on a terminal, looked at closely. It is made again,
/// alone, if it was late or its threads waited for cores because other runs were made
/// beside it.
JudgedRun run_to_show(const BookProgram& program, const Transcript& allowed,
                      const Repetition& how);

}  // namespace recorder
