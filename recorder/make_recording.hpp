#pragma once

/// @file
/// Makes the recording of a program, at once or in two steps.

#include <filesystem>

#include "recorder/book_program.hpp"
#include "recorder/repetition.hpp"

namespace recorder {

/// Which of a program's runs are made.
enum class Recorded {
  all,
  only_shown,  ///< Only the run that the book shows: complete_recording() adds the
               ///< rest.
};

/// Runs a program against its transcripts and writes its recording.
///
/// @return whether all runs were accepted; otherwise nothing is written, and standard
///         error says why.
/// @throws as repeat_runs(), BookProgram::require_executable() and write_json().
bool make_recording(const BookProgram& program, const Repetition& how, Recorded what,
                    const std::filesystem::path& to);

/// Makes the runs of a recording of which only the shown one was made, and adds them.
///
/// @return whether the recording and all runs were accepted; otherwise the recording
///         stays as it is, and standard error says why.
/// @throws as make_recording().
bool complete_recording(const BookProgram& program, const Repetition& how,
                        const std::filesystem::path& path);

}  // namespace recorder
