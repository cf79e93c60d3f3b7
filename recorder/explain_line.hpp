#pragma once

/// @file
/// Says why no line of a transcript can stand for a line of a run.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "recorder/advance.hpp"
#include "recorder/partial_order.hpp"
#include "recorder/transcript.hpp"

namespace recorder {

/// Why a line of a run was refused.
struct LineError {
  std::string reason;
  /// Whether the order is wrong, and not only a number or an identifier.
  bool order_is_broken = true;
};

/// Why no line of the transcript can stand for a line of the run.
///
/// @param so_far how far the run had come, by one of the ways in which it can be read.
/// @param line   the line's index in the run.
LineError explain_line(const Transcript& allowed, const PartialOrder& order,
                       const Progress& so_far, const std::vector<std::string>& lines,
                       std::size_t line, Bounds bounds);

/// Why a run ended too soon.
///
/// @param missing a line of the transcript that it did not print.
std::string explain_end(const Transcript& allowed, const PartialOrder& order,
                        const Progress& so_far, std::size_t lines, std::size_t missing);

}  // namespace recorder
