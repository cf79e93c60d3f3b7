/// @file
/// @defgroup sleeper_options sleeper_options.hpp
/// @brief What the programs with sleeping tasks can be told on their command lines.
/// @{
#pragma once

#include <cstddef>
#include <cstdint>

inline namespace book {

/// What a program makes its sleeping tasks of.
enum class TaskKind { processes, threads, coroutines };

/// `processes`, `threads` or `coroutines`.
const char* name_of(TaskKind kind);

/// What the command line says.
struct SleeperOptions {
  TaskKind kind;           ///< What the tasks are.
  std::size_t tasks = 10;  ///< `--tasks`: how many.
  double seconds = 1;      ///< `--seconds`: how long the shortest sleep takes.
  double spread = 0.1;     ///< `--spread`: how many seconds the longest takes more.
  std::uint64_t durations = 1;  ///< `--durations`: how many lengths there are.
  bool type_erased = false;     ///< `--type-erased`: the executor's type is.
  std::size_t max_tasks = 0;    ///< `--max-tasks`: of the kernel; 0 for no such limit.
  std::uint64_t megabytes = 0;  ///< `--megabytes`: of new memory; 0 for no such limit.
};

/// Reads the command line.
///
/// Ends the program with exit code 2 and one line on standard error if it was given
/// anything that it does not know, and with exit code 0 after `--help`.
///
/// @param kind What the tasks are.
/// @param argc As `main` receives it.
/// @param argv As `main` receives it.
/// @param durations Of how many lengths the tasks sleep if the command line does not
///   say so; 0: each of its own.
/// @param choose_executor Whether there is the option `--type-erased`.
SleeperOptions sleeper_options(TaskKind kind, int argc, char** argv,
                               std::uint64_t durations = 0,
                               bool choose_executor = false);

}  // namespace book

/// @}
