#pragma once

/// @file
/// When the lines of accepted runs came, at the earliest.

#include <cstddef>
#include <vector>

#include "recorder/run.hpp"

namespace recorder {

/// When the lines of accepted runs came, at the earliest, in seconds since the first
/// one, by their place in the run; the last is the run's end.
using LineTimes = std::vector<double>;

/// The time of a run's line since its first one, in seconds; of the line behind its
/// last, of its end.
double since_first(const Run& run, std::size_t line);

/// The times of one run.
LineTimes line_times(const Run& run);

/// Takes the times of another accepted run, or of several, into those known so far.
void add_times(LineTimes& earliest, const LineTimes& others);

}  // namespace recorder
