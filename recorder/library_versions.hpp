#pragma once

/// @file
/// The compiler and the libraries that the book was built with.

#include <string>
#include <utility>
#include <vector>

namespace recorder {

/// The compiler, as in `g++ 12.2.0`.
std::string compiler_version();

/// The compiler's flags.
std::string compiler_flags();

/// The libraries for C++, each with its version.
std::vector<std::pair<std::string, std::string>> library_versions();

}  // namespace recorder
