#pragma once

/// @file
/// Sees a program's writes, starts and exits as they happen, through seccomp's user
/// notifications: the kernel stops the thread and asks the recorder, which takes note
/// and lets the call go on.

#include <sys/types.h>

#include <optional>
#include <string>

namespace recorder {

/// A call that a thread is about to make.
struct SystemCall {
  /// No call is a thread's first one by the kernel's rules. But the C library begins
  /// each thread, forked process and executed program with one that little else makes:
  /// set_robust_list.
  enum class Kind { write, start, thread_exit, process_exit };
  Kind kind;
  pid_t tid;
  int file = -1;     ///< Of a write: 1 or 2.
  std::string data;  ///< Of a write: its first 64 KiB.
  /// Of a write: the error with which the kernel refuses to show what is written, or 0.
  int refused = 0;
};

/// Makes the kernel report the calls of this process and of all that it starts. For the
/// child, between fork and exec.
///
/// @return the descriptor to give to the recorder, or -1 with errno set.
int report_system_calls();

/// Takes the next reported call; nothing where the thread is gone by now.
///
/// @param listener what report_system_calls() returned.
/// @param id       receives what let_go_on() needs.
std::optional<SystemCall> next_system_call(int listener, unsigned long long& id);

/// Lets the thread make its call.
void let_go_on(int listener, unsigned long long id);

}  // namespace recorder
