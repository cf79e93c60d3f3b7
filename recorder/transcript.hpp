#pragma once

/// @file
/// The transcript of a program: the runs that its docstring allows.

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace recorder {

/// A transcript that can't be read, or a source file without one. what() begins
/// with `file:line:`.
struct TranscriptError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A number that a run measures: `~5.00` or `~0.30<1.50`.
struct MeasuredNumber {
  double at_least;  ///< The run's own number must not be smaller.
  double below;     ///< … and must be smaller than this.
  int decimals;     ///< How many decimals it is printed with.
  /// How many seconds its unit is, as the text behind it says; 0 where it is no time.
  double unit_seconds = 0;
};

/// A number that differs from run to run, but not within one: `#1`.
struct Identifier {
  std::string label;
  bool hexadecimal = false;  ///< It stands behind `0x`.
};

/// One word of a set: `{1..4}`, `{red,green}`.
struct Choice {
  std::vector<std::string> words;
};

/// What a line may say: literal text, and what may vary in it.
using Piece = std::variant<std::string, MeasuredNumber, Identifier, Choice>;

/// One line that a run prints.
struct Event {
  /// The lanes that the line stands in; none where it stands in all of them.
  std::vector<std::string> lanes;
  bool in_all_lanes = false;
  /// The line stands in the lane that the word chosen at this piece names.
  std::optional<std::size_t> lane_by_piece;
  std::vector<Piece> pieces;
  std::string margin;   ///< As written, expanded: `a`, `a+b`, `{1..4}`, `*`, or empty.
  std::string written;  ///< The text as written, with its notation.
  /// Every line of an earlier section comes before every line of a later one: the
  /// rules (`--`) of the transcript stand between them.
  int section = 0;
  int source_line = 0;
};

/// One command of a docstring, and the lines that it prints.
struct Transcript {
  std::vector<std::string> command;  ///< The program's key, then its arguments.
  std::vector<Event> events;
  std::vector<std::string> lanes;    ///< In the order of their first appearance.
  std::vector<std::string> written;  ///< As in the docstring, the `$` line included.
  int exit_status = 0;
  int source_line = 0;
};

}  // namespace recorder
