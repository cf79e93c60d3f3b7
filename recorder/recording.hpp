#pragma once

/// @file
/// Runs the programs of the book as their transcripts say, and writes what happened as
/// JSON (recording.schema.json describes it).

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "recorder/check.hpp"
#include "recorder/run.hpp"
#include "recorder/transcript.hpp"

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
  /// Variables that it finds in its environment: a counterpart finds the project's root
  /// first in `PYTHONPATH`, for it names modules by their path from there.
  std::map<std::string, std::string> environment;

  /// Makes sure that there is something to run.
  ///
  /// @throws std::runtime_error naming what is missing.
  void require_executable() const;

  /// The command that runs one of the transcripts.
  std::vector<std::string> command(const transcript& of) const;

 private:
  std::vector<std::string> launch_;  ///< What stands before the arguments.
};

/// A run and what the checker says of it.
struct trial {
  run what;
  verdict says;
  bool was_late = false;  ///< It is made again, alone, since it was late before.
};

/// How closely a run's threads are looked at.
enum class watch {
  closely,  ///< For all that they do.
  seldom,   ///< For how long they waited for a core: many runs can be made at a time.
};

/// Runs a transcript once.
trial try_once(const book_program& program, const transcript& allowed, bool terminal,
               watch how, double limit_seconds);

/// When the lines of accepted runs came, at the earliest, in seconds since the first
/// one, by their place in the run; the last is the run's end.
using line_times = std::vector<double>;

/// What a run shows of its program.
enum class outcome {
  accepted,
  late,     ///< Nothing: the machine was busy, and the run is to be made again, alone.
  refused,  ///< It is not as its transcript says.
};

/// A run that breaks its transcript is late, rather than refused, if it breaks nothing
/// but the upper bounds of times, and its threads waited for a core for at least as
/// long as the time is exceeded by. One that met its time limit is late if they waited
/// for a good part of the time until then.
///
/// Whatever does one after the other what belongs side by side exceeds its time by more
/// than it waits; and where it waits for longer, it is late again when it is alone.
///
/// So is a run whose order is broken by a line that came later than the line at its
/// place in an accepted run, if its threads waited for as long: there the order rests
/// on sleep. What waits for an event keeps its order however long that takes. Where no
/// run was accepted yet, one is late whose threads waited for noticeably long.
///
/// @param right of accepted runs; empty where there are none.
outcome outcome_of(const trial& tried, const line_times& right = {});

/// Takes the times of an accepted run, or of several, into those of others.
void add_times(line_times& right, const run& accepted);
void add_times(line_times& right, const line_times& others);

/// Why a run was not accepted, and whether its threads' waiting explains it.
std::string explain(const trial& tried);

/// How often to run a transcript.
struct repetition {
  int runs = 20;          ///< On a terminal, and as many through a pipe.
  int side_by_side = 10;  ///< So many at the same time; 1: each is alone.
  /// After this a run is killed. If its threads waited for cores, it is made again,
  /// alone, with more time.
  double limit_seconds = 60;
};

/// The first of many runs, on a terminal. It is made again, alone, if it was late.
trial try_first(const book_program& program, const transcript& allowed,
                const repetition& how, watch closeness);

/// The run that the book shows: on a terminal. It is made again, alone, if it was late
/// or its threads waited for cores because other runs were made beside it.
trial try_to_show(const book_program& program, const transcript& allowed,
                  const repetition& how);

/// So many runs side by side, that they compute for no more than a good part of the
/// time that the cores have meanwhile.
///
/// @param shown a run of the program.
/// @param most  the result is never above it.
int side_by_side(const run& shown, int most);

/// What came of many runs.
struct repeated {
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
repeated try_often(const book_program& program, const transcript& allowed,
                   const repetition& how, const trial& first);

/// The recording of one transcript, in which `runs` is what to_json() makes of them.
nlohmann::json to_json(const transcript& allowed, const trial& shown,
                       const repeated& runs);

/// What came of a transcript's runs.
nlohmann::json to_json(const transcript& allowed, const repeated& runs);

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
