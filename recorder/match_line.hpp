#pragma once

/// @file
/// Matches a line of a run with the text of a transcript's line.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "recorder/transcript.hpp"

namespace recorder {

/// What a line of a run says at one of the varying pieces of an event's text.
struct Capture {
  std::size_t piece;
  std::size_t begin;
  std::size_t end;
};
using Captures = std::vector<Capture>;

/// Where a line of a run says what may vary in a transcript's line.
///
/// @return nothing where the line can't be that one. The values of its numbers are not
///         looked at.
std::optional<Captures> match_line(const Event& event, const std::string& line);

}  // namespace recorder
