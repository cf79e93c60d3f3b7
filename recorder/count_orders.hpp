#pragma once

/// @file
/// Counts the orders that a transcript allows.

#include <optional>
#include <string>

#include "recorder/transcript.hpp"

namespace recorder {

/// Counts the orders that a transcript allows: the different outputs, measured numbers
/// and identifiers aside.
///
/// @return the count in decimal digits, or nothing where there are too many to count.
std::optional<std::string> count_orders(const Transcript& allowed);

}  // namespace recorder
