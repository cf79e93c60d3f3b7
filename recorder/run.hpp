#pragma once

/// @file
/// Runs a program to its end and records it: its lines, its threads, its cost.

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace recorder {

/// How to run a program.
struct run_options {
  std::vector<std::string> command;  ///< The executable's path, then its arguments.
  /// Standard input, output and error are a pseudo-terminal; otherwise the output goes
  /// into pipes and the input is empty.
  bool terminal = true;
  /// Also follow the threads of the program and its children through `/proc`.
  bool follow_threads = true;
  /// Have the kernel report who writes, who starts and who ends.
  bool report_calls = true;
  /// How often to look at the threads, at the most.
  std::chrono::microseconds period{2000};
  /// After this the program and all that it started are killed.
  std::chrono::duration<double> limit{60};
  /// Variables that the program finds in its environment, beside the fixed ones.
  std::map<std::string, std::string> environment;
};

/// A line that the program wrote.
struct line {
  double time;         ///< When it was written, in seconds since the program's start.
  std::string stream;  ///< `stdout`, `stderr`, or `terminal` where that isn't known.
  std::string text;    ///< Without the newline.
  std::optional<std::size_t> thread;  ///< Who wrote it: index in run::threads.
};

/// What a thread did between two looks at it.
struct span {
  double begin;             ///< Seconds since the program's start.
  double end;               ///< Seconds since the program's start.
  double cpu_seconds;       ///< Of these, on a core.
  double runnable_seconds;  ///< Of these, waiting for a core.
};

/// A thread of the program, or of a process that it started.
struct thread {
  int pid;
  int tid;
  int parent;        ///< The process that started this one; 0 for the program itself.
  std::string name;  ///< As `top` shows it.
  double start;      ///< When it was first seen, in seconds since the program's start.
  double end;        ///< When it ended, or was last seen.
  double cpu_seconds = 0;
  double runnable_seconds = 0;
  std::vector<span> spans;  ///< Only those in which it was on a core or waited for one.
};

/// A recorded run.
struct run {
  bool terminal = true;
  std::chrono::steady_clock::time_point began;  ///< When the program was let go.
  std::optional<int> exit_status;               ///< Nothing where a signal ended it.
  int signal = 0;                               ///< The signal that ended it, or 0.
  bool timed_out = false;  ///< The recorder killed it at its time limit.
  double wall_seconds = 0;
  double user_seconds = 0;            ///< On a core in the program: all its processes.
  double system_seconds = 0;          ///< On a core in the kernel: all its processes.
  std::size_t peak_memory_bytes = 0;  ///< Resident, of the largest process.
  /// How long threads waited for a core, added up: those of the program, as far as they
  /// were followed, and the recorder's own, which the program waits for at each call
  /// that is reported. What the machine's host took away from it is added, too. No
  /// delay that comes from the machine's other work is longer.
  double waited_seconds = 0;
  std::string program;  ///< The name that its threads have if they were given none.
  /// Why it isn't known which thread wrote a line; empty where it is.
  std::string writers_note;
  std::vector<line> lines;
  std::vector<thread> threads;
  std::vector<std::string> left_behind;  ///< Processes that outlived the program.
};

/// Thrown where a signal asked the recorder itself to end.
struct interrupted {
  int signal;
};

/// Runs a program in an empty temporary directory, to its end.
///
/// Nothing that the program started is left running. The calling process must have one
/// thread, and no other children.
///
/// @throws std::system_error where the program can't be started.
/// @throws interrupted at SIGINT, SIGTERM and SIGHUP, after the program was ended.
run record(const run_options& options);

}  // namespace recorder
