#pragma once

/// @file
/// A recorded run: its lines, its threads, its cost.

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace recorder {

/// A line that the program wrote.
struct Line {
  double time;         ///< When it was written, in seconds since the program's start.
  std::string stream;  ///< `stdout`, `stderr`, or `terminal` where that isn't known.
  std::string text;    ///< Without the newline.
  std::optional<std::size_t> thread;  ///< Who wrote it: index in Run::threads.
};

/// What a thread did between two looks at it.
struct Span {
  double begin;             ///< Seconds since the program's start.
  double end;               ///< Seconds since the program's start.
  double cpu_seconds;       ///< Of these, on a core.
  double runnable_seconds;  ///< Of these, waiting for a core.
};

/// A thread of the program, or of a process that it started.
struct Thread {
  int pid;
  int tid;
  int parent;        ///< The process that started this one; 0 for the program itself.
  std::string name;  ///< As `top` shows it.
  double start;      ///< When it was first seen, in seconds since the program's start.
  double end;        ///< When it ended, or was last seen.
  double cpu_seconds = 0;
  double runnable_seconds = 0;
  std::vector<Span> spans;  ///< Only those in which it was on a core or waited for one.
};

/// A recorded run.
struct Run {
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
  /// were sampled, and the recorder's own, which the program waits for at each call
  /// that is reported. What the machine's host took away from it is added, too. No
  /// delay that comes from the machine's other work is longer.
  double waited_seconds = 0;
  std::string program;  ///< The name that its threads have if they were given none.
  /// Why it isn't known which thread wrote a line; empty where it is.
  std::string writers_note;
  std::vector<Line> lines;
  std::vector<Thread> threads;
  std::vector<std::string> left_behind;  ///< Processes that outlived the program.
};

}  // namespace recorder
