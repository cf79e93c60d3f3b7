/// @file
/// @defgroup style_option style_option.hpp
/// @brief The command line of the programs that do the same work in one of several
///   styles.
/// @{
#pragma once

#include <string>
#include <vector>

inline namespace book {

/// Reads the command line of a program that takes one of several options, such as
///   `--threads`.
///
/// Ends the program with exit code 2 and one line on standard error if it was given
/// anything else, and with exit code 0 after `--help`.
///
/// @param argc As `main` receives it.
/// @param argv As `main` receives it.
/// @param styles The options' names, without their hyphens; one at least.
/// @return The one that was given; the first if none was.
std::string style_option(int argc, char** argv, const std::vector<std::string>& styles);

}  // namespace book

/// @}
