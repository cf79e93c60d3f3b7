#pragma once

/// @file
/// Runs a program to its end and records it.

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "recorder/run.hpp"

namespace recorder {

/// How to run a program.
struct RunOptions {
  std::vector<std::string> command;  ///< The executable's path, then its arguments.
  /// Standard input, output and error are a pseudo-terminal; otherwise the output goes
  /// into pipes and the input is empty.
  bool terminal = true;
  /// Also sample what the threads of the program and its children do, through `/proc`.
  bool sample_threads = true;
  /// Have the kernel report who writes, who starts and who ends.
  bool report_calls = true;
  /// How often to look at the threads, at the most.
  std::chrono::microseconds period{2000};
  /// After this the program and all that it started are killed.
  std::chrono::duration<double> timeout{60};
  /// Variables that the program finds in its environment, beside the fixed ones.
  std::map<std::string, std::string> environment;
};

/// Thrown where a signal asked the recorder itself to end.
struct Interrupted {
  int signal;
};

/// Runs a program in an empty temporary directory, to its end.
///
/// Nothing that the program started is left running. The calling process must have one
/// thread, and no other children; nothing else in it may wait for children or take
/// SIGCHLD meanwhile.
///
/// @throws std::system_error where the program can't be started.
/// @throws interrupted at SIGINT, SIGTERM and SIGHUP, after the program was ended.
Run record_run(const RunOptions& options);

}  // namespace recorder
