/// @file
/// @defgroup map_options map_options.hpp
/// @brief The command line of map_or_not.
/// @{
#pragma once

#include <vector>

inline namespace book {

/// What `map_or_not` computes, and how.
struct MapOptions {
  int count = 10'000;                                 ///< How many numbers.
  int workers = 1;                                    ///< How many processes.
  std::vector<int> chunk_sizes = {1, 10, 100, 1000};  ///< One run for each.
};

/// Reads the command line: `--count`, `--workers`, `--chunks`.
///
/// Ends the program with exit code 2 and one line on standard error if it was given
/// anything else, and with exit code 0 after `--help`.
///
/// @param argc As `main` receives it.
/// @param argv As `main` receives it.
/// @return The options; where `--workers` is not given, one for each core that
///   this process may use.
MapOptions map_options(int argc, char** argv);

}  // namespace book

/// @}
