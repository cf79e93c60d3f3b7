#pragma once

/// @file
/// What the kernel says of a process and its threads, in `/proc`.

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace recorder::proc {

/// What a thread has used so far.
struct usage {
  std::uint64_t cpu_nanoseconds;       ///< On a core.
  std::uint64_t runnable_nanoseconds;  ///< Waiting for a core.
};

/// The ids of a process's threads; none where it has ended.
std::vector<pid_t> threads(pid_t pid);

/// The ids of the processes that one thread started and that have not been waited for.
std::vector<pid_t> children(pid_t pid, pid_t tid);

/// Nothing where the thread has ended.
std::optional<usage> schedule(pid_t pid, pid_t tid);

/// How long the machine's host has let its cores wait so far, added up over all cores;
/// 0 where there is no host.
double stolen_seconds();

/// How long the machine's cores have been busy so far, added up over all cores; 0 where
/// that isn't told.
double busy_seconds();

/// When a thread was started, in the kernel's ticks since the machine's start: with its
/// id, it tells a thread from another one that has the same id later. Nothing where it
/// is gone.
std::optional<std::uint64_t> started(pid_t pid, pid_t tid);

/// The name of a thread, as `top` shows it.
std::string name(pid_t pid, pid_t tid);

/// The process that a thread belongs to.
std::optional<pid_t> process_of(pid_t tid);

/// The process that started a process, or took it over when that one ended.
std::optional<pid_t> parent_of(pid_t pid);

/// The most memory that a process had resident so far, in bytes; 0 where it has ended.
std::size_t peak_memory(pid_t pid);

/// Whether a thread is on a core, or waits for one.
bool is_runnable(pid_t pid, pid_t tid);

/// Whether a process has ended and waits for its parent to take notice.
bool is_zombie(pid_t pid);

}  // namespace recorder::proc
