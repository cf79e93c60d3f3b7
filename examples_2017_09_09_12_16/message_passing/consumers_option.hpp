/// @file
/// @defgroup consumers_option consumers_option.hpp
/// @brief The command line of the programs that have consumers.
/// @{
#pragma once

inline namespace book {

/// Reads the command line of a program that has one option, `--consumers`.
///
/// Ends the program with exit code 2 and one line on standard error if it was given
/// anything else, and with exit code 0 after `--help`.
///
/// @param argc As `main` receives it.
/// @param argv As `main` receives it.
/// @return How many consumers to start; if it was not given, two for each core
///   that this process may use.
int consumers_option(int argc, char** argv);

}  // namespace book

/// @}
