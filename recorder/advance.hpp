#pragma once

/// @file
/// One step of a run through a transcript: a line is read as one of its lines.

#include <cstddef>
#include <optional>
#include <string>

#include "recorder/partial_order.hpp"

namespace recorder {

/// Which bounds of measured numbers a run is held against.
enum class Bounds { both, lower };

/// The progress of a run after one more line was printed, read as one of the
/// transcript's.
///
/// @param event  the transcript's line; those that must come before it were printed.
/// @param line   the run's line.
/// @param why    receives why it can't be that one; null where nobody asks.
/// @return nothing where it can't be.
std::optional<Progress> advance(const PartialOrder& order, const Progress& so_far,
                                std::size_t event, const std::string& line,
                                Bounds bounds, std::string* why = nullptr);

/// A transcript's line, for people to read.
std::string show(const Event& event);

}  // namespace recorder
