#pragma once

/// @file
/// Asks other programs for what they print.

#include <chrono>
#include <string>
#include <vector>

namespace recorder {

/// What a program answered.
struct Answer {
  std::string output;  ///< Its standard output, without the newline at its end.
  std::string error;   ///< Its standard error, likewise.
  /// Why it can't be relied on: the program could not be started, took too long, or
  /// ended with another exit status than 0. Empty where it can.
  std::string failure;
  bool is_installed = true;
};

/// Runs a program, without a shell, and returns what it prints.
///
/// It finds this process's environment, but speaks English, and nothing of what leads
/// git or Python elsewhere (`GIT_*`, `PYTHON*`) reaches it. Its standard input is
/// empty.
///
/// @param command the program, found along PATH where it is no path, and its arguments.
/// @param timeout after this it is killed.
/// @throws std::system_error where there are no descriptors or processes to be had.
Answer ask(const std::vector<std::string>& command,
           std::chrono::seconds timeout = std::chrono::seconds(60));

}  // namespace recorder
