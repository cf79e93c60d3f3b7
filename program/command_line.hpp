/// @file
/// @defgroup command_line command_line.hpp
/// @brief What the programs that take options do with a command line.
/// @{
#pragma once

#include <CLI/CLI.hpp>

/// Reads the command line.
///
/// Ends the program with exit code 2 and one line on standard error if something is
/// wrong with it, and with exit code 0 after `--help`.
///
/// @param app Has the program's options; what is read is left in their variables.
/// @param argc As `main` receives it.
/// @param argv As `main` receives it.
void parse_command_line(CLI::App& app, int argc, char** argv);

/// @}
