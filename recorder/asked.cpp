#include "recorder/asked.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>

#include "recorder/descriptor.hpp"

extern char** environ;

namespace recorder {
namespace {

using clock = std::chrono::steady_clock;

/// For functions that return the error.
void check(int error, const char* what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

/// What the program does to its descriptors before it begins.
class file_actions {
 public:
  file_actions() { check(posix_spawn_file_actions_init(&actions_), "posix_spawn"); }
  file_actions(const file_actions&) = delete;
  file_actions& operator=(const file_actions&) = delete;
  ~file_actions() { posix_spawn_file_actions_destroy(&actions_); }
  posix_spawn_file_actions_t* get() { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

/// How the program begins: as from a shell, whatever this process blocks or ignores.
class attributes {
 public:
  attributes() {
    check(posix_spawnattr_init(&attributes_), "posix_spawn");
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    check(posix_spawnattr_setsigmask(&attributes_, &none), "posix_spawn");
    check(posix_spawnattr_setsigdefault(&attributes_, &all), "posix_spawn");
    check(posix_spawnattr_setflags(&attributes_,
                                   POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF),
          "posix_spawn");
  }
  attributes(const attributes&) = delete;
  attributes& operator=(const attributes&) = delete;
  ~attributes() { posix_spawnattr_destroy(&attributes_); }
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

std::vector<char*> environment(std::string& locale) {
  std::vector<char*> kept;
  for (char** variable = environ; *variable; ++variable) {
    const std::string_view text(*variable);
    bool is_dropped = false;
    for (const std::string_view name : {"GIT_", "PYTHON", "LANGUAGE=", "LC_"})
      is_dropped = is_dropped || text.starts_with(name);
    if (!is_dropped) kept.push_back(*variable);
  }
  kept.push_back(locale.data());
  kept.push_back(nullptr);
  return kept;
}

/// One of the program's outputs while it is read.
struct stream {
  descriptor file;
  std::string* text;
};

std::pair<descriptor, descriptor> open_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) check(errno, "pipe");
  return {descriptor(ends[0]), descriptor(ends[1])};
}

/// Reads until both outputs have ended.
///
/// @return whether they have, in time.
bool read_all(std::array<stream, 2>& outputs, clock::time_point until) {
  while (true) {
    std::array<pollfd, 2> files;
    bool is_open = false;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      files[i] = {outputs[i].file.get(), POLLIN, 0};  // poll() passes over -1
      is_open = is_open || files[i].fd >= 0;
    }
    if (!is_open) return true;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - clock::now()).count();
    if (left <= 0) return false;
    if (poll(files.data(), files.size(), static_cast<int>(left)) < 0) {
      if (errno == EINTR) continue;
      check(errno, "poll");
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (files[i].revents == 0) continue;
      std::array<char, 4096> bytes;
      const auto size = read(files[i].fd, bytes.data(), bytes.size());
      if (size > 0)
        outputs[i].text->append(bytes.data(), static_cast<std::size_t>(size));
      else if (size == 0)
        outputs[i].file.reset();
      else if (errno != EINTR)
        check(errno, "read");
    }
  }
}

/// Waits for a child's end, but does not take its exit status.
///
/// @return whether it has ended, in time.
bool has_ended(const descriptor& child, clock::time_point until) {
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - clock::now()).count();
    pollfd end{child.get(), POLLIN, 0};
    const int ready = poll(&end, 1, static_cast<int>(std::max<long long>(left, 0)));
    if (ready > 0) return true;
    if (ready == 0) return false;
    if (errno != EINTR) check(errno, "poll");
  }
}

/// A child that is killed and waited for, should anything be thrown first.
class child {
 public:
  explicit child(pid_t pid) : pid_(pid) {}
  child(const child&) = delete;
  child& operator=(const child&) = delete;
  ~child() {
    if (pid_ < 0) return;
    kill(pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
  }
  void kill_now() { kill(pid_, SIGKILL); }
  int wait() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0)
      if (errno != EINTR) check(errno, "waitpid");
    pid_ = -1;
    return status;
  }

 private:
  pid_t pid_;
};

}  // namespace

answer ask(const std::vector<std::string>& command, std::chrono::seconds limit) {
  auto [out, program_out] = open_pipe();
  auto [error, program_error] = open_pipe();
  file_actions actions;
  check(posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, "/dev/null",
                                         O_RDONLY, 0),
        "posix_spawn");
  check(
      posix_spawn_file_actions_adddup2(actions.get(), program_out.get(), STDOUT_FILENO),
      "posix_spawn");
  check(posix_spawn_file_actions_adddup2(actions.get(), program_error.get(),
                                         STDERR_FILENO),
        "posix_spawn");
  auto words = command;
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::string locale = "LC_ALL=C";
  const auto variables = environment(locale);
  const attributes begin;

  answer result;
  pid_t pid = -1;
  const int failed = posix_spawnp(&pid, arguments[0], actions.get(), begin.get(),
                                  arguments.data(), variables.data());
  if (failed == ENOENT || failed == EACCES) {
    result.is_installed = false;
    result.failure = fmt::format("{}: {}", command.front(), std::strerror(failed));
    return result;
  }
  check(failed, command.front().c_str());
  child program(pid);
  program_out.reset();
  program_error.reset();
  const descriptor file(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (file.get() < 0) check(errno, "pidfd_open");

  std::array<stream, 2> outputs{
      {{std::move(out), &result.output}, {std::move(error), &result.error}}};
  const auto until = clock::now() + limit;
  // It may have closed both outputs and go on.
  const bool in_time = read_all(outputs, until) && has_ended(file, until);
  if (!in_time) program.kill_now();
  const int status = program.wait();
  for (std::string* text : {&result.output, &result.error})
    if (text->ends_with('\n')) text->pop_back();
  if (!in_time)
    result.failure =
        fmt::format("{} gave no answer within {} s", command.front(), limit.count());
  else if (WIFSIGNALED(status))
    result.failure =
        fmt::format("{} was ended by signal {}", command.front(), WTERMSIG(status));
  else if (WEXITSTATUS(status) != 0)
    result.failure = fmt::format("{} ended with exit status {}", command.front(),
                                 WEXITSTATUS(status));
  return result;
}

}  // namespace recorder
