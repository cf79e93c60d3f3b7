#pragma once

/// @file
/// Runs the programs of the book as their transcripts say, and writes what happened as
/// JSON (recording.schema.json describes it).

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "docs/recorder/check.hpp"
#include "docs/recorder/run.hpp"
#include "docs/recorder/transcript.hpp"

namespace recorder {

/// A program of the book: where its source is, and how to run it.
struct book_program {
  /// @param source   the program's `.cpp`, or its counterpart's `.py`, below @p root.
  /// @param root     the project's root.
  /// @param programs the directory that the executables were built into.
  /// @param python   what runs a counterpart.
  /// @throws transcript_error where the source has no readable transcript, or one that
  ///         runs another program.
  book_program(std::filesystem::path source, const std::filesystem::path& root,
               const std::filesystem::path& programs,
               const std::filesystem::path& python);

  std::string key;       ///< `folder/name`.
  std::string language;  ///< `C++` or `Python`.
  std::string source;    ///< Relative to the root.
  std::vector<transcript> transcripts;

  /// The command that runs one of the transcripts.
  std::vector<std::string> command(const transcript& of) const;

 private:
  std::vector<std::string> launch_;  ///< What stands before the arguments.
};

/// A run and what the checker says of it.
struct trial {
  run what;
  verdict says;
};

/// Runs a transcript once.
trial try_once(const book_program& program, const transcript& allowed, bool terminal,
               bool follow_threads, double limit_seconds);

/// How often to run a transcript.
struct repetition {
  int runs = 20;          ///< On a terminal, and as many through a pipe.
  int side_by_side = 10;  ///< So many at the same time.
  double limit_seconds = 60;
};

/// What came of many runs.
struct repeated {
  int terminal = 0;                   ///< Runs on a terminal.
  int pipe = 0;                       ///< Runs through a pipe.
  std::size_t orders_seen = 0;        ///< Different outputs, numbers aside.
  std::vector<std::string> refusals;  ///< One text for each run that was refused.
};

/// Runs a transcript many times, each run in a recorder process of its own.
repeated try_often(const book_program& program, const transcript& allowed,
                   const repetition& how);

/// The recording of one transcript; trial and repetition are those of one program.
nlohmann::json to_json(const transcript& allowed, const trial& shown,
                       const repeated& others);

/// A recorded run, without a transcript.
nlohmann::json to_json(const run& what);

/// The run that to_json() wrote, as far as judge() needs it.
///
/// @throws nlohmann::json::exception where it isn't one.
run run_from_json(const nlohmann::json& recorded);

/// Checks all of a run that is not its lines: how it ended, and what it left behind.
///
/// @return what is wrong; empty where nothing is.
std::string check_end(const run& what, int exit_status);

/// The verdict on a recorded run: its end, its lines, and that all lines that stand in
/// one lane alone were written by one thread.
verdict judge(const transcript& allowed, const run& what);

/// Writes a file at once: no reader ever sees half of it.
///
/// @throws std::runtime_error where it can't be written.
void write_file(const std::filesystem::path& path, const std::string& content);

/// The time in UTC, as in 2026-11-22T10:20:30Z.
std::string utc_now();

}  // namespace recorder
