#pragma once

/// @file
/// How many runs of a program can be made at a time.

#include "recorder/run.hpp"

namespace recorder {

/// How many runs can be made side by side such that they compute for no more than a
/// good part of the time that the cores have meanwhile.
///
/// @param shown a run of the program.
/// @param max   the result is never above it.
int side_by_side(const Run& shown, int max);

}  // namespace recorder
