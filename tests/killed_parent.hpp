#pragma once

/// @file
/// What is left after a process was killed that had started others.

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>

#include "tests/left_behind.hpp"
#include "tests/test_timeout.hpp"

/// The files of shared memory that have a name.
inline std::set<std::string> shared_memory_files() {
  std::set<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator("/dev/shm"))
    names.insert(file.path().filename());
  return names;
}

/// Copies this process, has the copy run a function, and kills it so long after the
/// function called what it is given. Says what is left: nothing.
template <class Function>
std::string left_by_killed_parent(std::chrono::microseconds after,
                                  const Function& function) {
  const auto files_before = shared_memory_files();
  std::array<int, 2> alive;  // read until all are gone that could write
  if (::pipe2(alive.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  const ::pid_t parent = ::fork();
  if (parent < 0) throw std::runtime_error("no process");
  if (parent == 0) {
    ::setpgid(0, 0);
    [&]() noexcept {  // an exception must not come to what runs the tests
      function([&] { static_cast<void>(!::write(alive[1], "x", 1)); });
    }();
    ::_exit(0);
  }
  ::close(alive[1]);
  char byte;
  const bool began = ::read(alive[0], &byte, 1) == 1;
  std::this_thread::sleep_for(after);
  ::kill(parent, SIGKILL);
  ::siginfo_t how{};  // stays a zombie, so that nobody else gets its number
  ::waitid(P_PID, static_cast<::id_t>(parent), &how, WEXITED | WNOWAIT);
  ::pollfd end{alive[0], POLLIN, 0};
  bool is_left = false;
  const bool in_time = soon([&] {
    is_left = left_behind(parent);
    return is_left || ::poll(&end, 1, 10) == 1;
  });
  const bool ended = !is_left && in_time && ::read(alive[0], &byte, 1) == 0;
  ::kill(-parent, SIGKILL);  // what is left, where the test fails
  ::close(alive[0]);
  int status = 0;
  ::waitpid(parent, &status, 0);

  if (!began) return "it did not begin";
  if (is_left) return "a process";
  if (!in_time) return "a process that does not die";
  if (!ended) return "it began twice";
  if (!WIFSIGNALED(status)) return "it ended before it was killed";
  // Another program may have a file there for a moment.
  std::string file;
  const bool none = soon([&] {
    file.clear();
    for (const std::string& name : shared_memory_files())
      if (!files_before.contains(name)) file = name;
    return file.empty();
  });
  return none ? "" : file;
}
