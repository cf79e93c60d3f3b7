/// @file
/// @defgroup run_command run_command.hpp
/// @brief Runs another program to its end, and takes what it prints.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace program {
/// @addtogroup run_command
/// @{

/// How a command is run.
struct CommandOptions {
  /// It is killed if it has not ended by then.
  std::chrono::milliseconds timeout = std::chrono::minutes(1);
  /// So many bytes of each of its outputs are kept; what comes after them is dropped.
  std::size_t max_output_bytes = std::size_t{64} << 20;
  /// Its environment, each as `NAME=value`.
  std::vector<std::string> environment;
};

/// How a command ended, and what it printed.
struct CommandResult {
  std::string output;         ///< What it wrote to standard output.
  std::string error;          ///< What it wrote to standard error.
  bool is_truncated = false;  ///< Whether it wrote more than was kept.
  bool timed_out = false;     ///< Whether it was killed because it had not ended.
  int exit_code = 0;          ///< Negative if a signal ended it: `-SIGKILL`, say.
  double wall_seconds = 0;    ///< From its start to its end.
  double cpu_seconds = 0;     ///< Of it and of the children that it waited for.
  std::size_t peak_memory_bytes = 0;  ///< The most that one of its processes had.
};

/// This process's environment without some of its variables.
///
/// Any thread may call it while none changes the environment.
///
/// @param prefixes How the names of those begin that are left out; with `=` at its end,
///   it is the name of one.
/// @return For CommandOptions::environment.
[[nodiscard]] std::vector<std::string> environment_without(
    const std::vector<std::string_view>& prefixes);

/// Runs a command, without a shell, and waits for its end.
///
/// Its standard input is empty. It begins as from a shell, whatever signals this
/// process blocks or ignores. It has ended when the program has ended and both of its
/// outputs have been closed, by what it left running, too; so a program that closes
/// them and goes on is waited for, and ended by the timeout like any other. Of its
/// processes, only the first is killed. Any thread may call it.
///
/// @param words The program, found along `PATH` if it has no slash, and its arguments.
/// @param options How it is run.
/// @throws std::system_error if it can't be started (the code is ENOENT or EACCES if
///   there is no such program), or if there are no descriptors or processes to be had.
[[nodiscard]] CommandResult run_command(const std::vector<std::string>& words,
                                        const CommandOptions& options);

/// @}
}  // namespace program
