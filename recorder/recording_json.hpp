#pragma once

/// @file
/// A recording as JSON, which recording.schema.json describes.

#include <nlohmann/json.hpp>

#include "recorder/book_program.hpp"
#include "recorder/judged_run.hpp"
#include "recorder/repeat_runs.hpp"
#include "recorder/transcript.hpp"

namespace recorder {

/// The recording of a program.
///
/// @param transcripts one for each of the program's, as transcript_json() makes them.
nlohmann::json recording_json(const BookProgram& program, nlohmann::json transcripts);

/// The recording of one transcript: the run that the book shows, with its lines' places
/// in the transcript, and what came of all runs.
nlohmann::json transcript_json(const Transcript& allowed, const JudgedRun& shown,
                               const RepeatedRuns& runs);

/// What came of a transcript's runs: `runs` in its recording.
nlohmann::json runs_json(const Transcript& allowed, const RepeatedRuns& runs);

}  // namespace recorder
