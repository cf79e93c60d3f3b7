#pragma once

/// @file
/// Opens a pseudo-terminal.

#include <utility>

#include "program/file_descriptor.hpp"

namespace recorder {

/// A new pseudo-terminal of 24 rows and 80 columns that passes bytes on as they are.
///
/// @return the end that stands for the terminal's user, and the program's end.
/// @throws std::system_error where there is none to be had.
std::pair<program::FileDescriptor, program::FileDescriptor> open_pseudo_terminal();

}  // namespace recorder
