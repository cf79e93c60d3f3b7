#pragma once

/// @file
/// Samples what the threads of a program do, and those of all processes that it starts.

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "program/proc.hpp"
#include "recorder/run.hpp"

namespace recorder {

/// Keeps the threads of a run: one entry for each thread that was seen.
class ThreadSampler {
 public:
  /// @param threads receives the threads.
  /// @param program the process to sample, before it runs: what it used so far is not
  ///                its own.
  /// @param usage   whether to keep an account of what the threads do; otherwise only
  ///                those that write lines are known.
  ThreadSampler(std::vector<Thread>& threads, pid_t program, bool usage);

  /// Looks at all threads.
  ///
  /// @param now seconds since the program's start.
  void look(double now);

  /// Looks at one thread.
  ///
  /// @return its index among the run's threads.
  std::size_t look_at(pid_t tid, double now);

  /// Takes note of a thread's start.
  void starts(pid_t tid, double now);

  /// Takes note of a thread's end.
  void ends(pid_t tid, double now);

  /// Takes note of the end of a thread's whole process, before it ends: its threads and
  /// the processes that it started can still be asked for.
  void process_ends(pid_t tid, double now);

  /// Closes the account: what still runs has ended, and short spans that follow each
  /// other closely are one.
  ///
  /// @param now seconds since the program's start.
  /// @param program_ended when the program's own process ended, and all its threads
  /// with
  ///   it, in the same seconds.
  void finish(double now, double program_ended);

  /// The most memory that one process had resident, in bytes, as far as it was seen.
  std::size_t peak_memory() const { return peak_memory_; }

 private:
  struct Account {
    std::size_t index;
    pid_t pid;
    std::optional<std::uint64_t> started;  ///< By the kernel's clock.
    program::proc::Usage used;
    double last_look;
    /// It, or its process, said so. It may still be listed for a moment, and even say
    /// something: the thread that ends a process does not wait for the others.
    bool ended = false;
  };

  /// @return null where the thread has no account yet.
  Account* find(pid_t tid);
  Account& open(pid_t pid, pid_t tid, pid_t parent, double now);
  bool update(Account& of, pid_t tid, double now);

  std::vector<Thread>& threads_;
  std::map<pid_t, Account> accounts_;  ///< By thread id, of those that are not gone.
  pid_t program_;
  bool usage_;
  std::size_t peak_memory_ = 0;
};

}  // namespace recorder
