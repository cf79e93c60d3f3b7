#pragma once

/// @file
/// A program as it is started with `<&- >&- 2>&-`.

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

/// Calls a function in a child process whose standard descriptors are all closed.
///
/// @return Whether it returned true.
inline bool succeeds_with_closed_descriptors(const std::function<bool()>& function) {
  const ::pid_t pid = ::fork();
  if (pid == 0) {
    for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::close(file);
    bool good = false;
    try {
      good = function();
    } catch (...) {  // nobody could be told more
    }
    ::_exit(good ? 0 : 1);
  }
  int status = -1;
  return pid > 0 && ::waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}
