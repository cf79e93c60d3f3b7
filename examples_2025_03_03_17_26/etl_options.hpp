/// @file
/// @defgroup etl_options etl_options.hpp
/// @brief The command line of `etl`.
/// @{
#pragma once

#include <cstdint>
#include <string>

#include "examples_2025_03_03_17_26/gaussian_noise.hpp"

inline namespace book {

/// How the sounds are shared out.
enum class Style {
  serial,     ///< One after the other.
  threads,    ///< To threads of this process.
  processes,  ///< To processes of a pool.
};

/// What the command line of `etl` says.
struct EtlOptions {
  Style style = Style::serial;       ///< `--serial`, `--threads` or `--processes`.
  int workers = 1;                   ///< How many sounds are worked on side by side.
  int files = 24;                    ///< `--files`: how many sounds.
  double minutes = 4;                ///< `--minutes`: of those that are made.
  std::string directory = "sounds";  ///< `--directory`: where they are.
  std::uint64_t seed = 1;            ///< `--seed`: of the noise.
  bool simple = false;               ///< `--simple`: the simple way to do it.
  InstructionSet instructions = instruction_sets().back();  ///< `--instructions`.
};

/// Reads the command line.
///
/// Ends the program with exit code 2 and one line on standard error if something is
/// wrong with it, and with exit code 0 after `--help`.
///
/// @param argc As `main` receives it.
/// @param argv As `main` receives it.
/// @return What it says.
EtlOptions etl_options(int argc, char** argv);

}  // namespace book

/// @}
