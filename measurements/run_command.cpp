#include "measurements/run_command.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <system_error>

#include "measurements/figure.hpp"

namespace measurements {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

std::system_error system_error(int error, const std::string& what) {
  return {error, std::generic_category(), what};
}

class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) throw system_error(errno, "pipe2");
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_writer();
    ::close(ends_[0]);
  }
  int reader() const { return ends_[0]; }
  int writer() const { return ends_[1]; }
  void close_writer() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }

 private:
  std::array<int, 2> ends_;
};

class FileActions {
 public:
  FileActions() { check(::posix_spawn_file_actions_init(&actions_)); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  void duplicate(int from, int to) {
    check(::posix_spawn_file_actions_adddup2(&actions_, from, to));
  }
  const ::posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  static void check(int error) {
    if (error != 0) throw system_error(error, "posix_spawn_file_actions");
  }
  ::posix_spawn_file_actions_t actions_;
};

/// Reads both until their writers have closed them.
/// \return Whether they have, before the time was over.
bool read_all(int output, std::string& from_output, int errors,
              std::string& from_errors, Clock::time_point end) {
  std::array<::pollfd, 2> files{{{output, POLLIN, 0}, {errors, POLLIN, 0}}};
  const std::array<std::string*, 2> texts{&from_output, &from_errors};
  while (files[0].fd >= 0 || files[1].fd >= 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    if (left <= 0ms) return false;
    if (::poll(files.data(), files.size(), static_cast<int>(left.count())) < 0) {
      if (errno == EINTR) continue;
      throw system_error(errno, "poll");
    }
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (files[i].fd < 0 || files[i].revents == 0) continue;
      std::array<char, 65536> buffer;
      const ::ssize_t got = ::read(files[i].fd, buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw system_error(errno, "read");
      if (got == 0) files[i].fd = -1;  // poll() skips it
      texts[i]->append(buffer.data(), static_cast<std::size_t>(got));
    }
  }
  return true;
}

/// A process that has not been waited for, as a file that is ready when it has ended.
class ProcessFile {
 public:
  explicit ProcessFile(::pid_t pid)
      : file_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {
    if (file_ < 0) throw system_error(errno, "pidfd_open");
  }
  ProcessFile(const ProcessFile&) = delete;
  ProcessFile& operator=(const ProcessFile&) = delete;
  ~ProcessFile() { ::close(file_); }

  /// \return Whether it has ended, before the time was over.
  bool wait(Clock::time_point end) const {
    for (;;) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
      ::pollfd ended{file_, POLLIN, 0};
      const int ready =
          ::poll(&ended, 1, static_cast<int>(std::max(left, 0ms).count()));
      if (ready < 0 && errno != EINTR) throw system_error(errno, "poll");
      if (ready > 0) return true;
      if (ready == 0) return false;
    }
  }

 private:
  int file_;
};

std::string last_line_of(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const std::size_t end = text.rfind('\n');
  return end == std::string::npos ? text : text.substr(end + 1);
}

}  // namespace

Cost run_command(const std::vector<std::string>& words,
                 const std::vector<int>& good_exits, std::chrono::seconds patience) {
  std::vector<char*> arguments;
  for (const std::string& word : words)
    arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);

  Pipe output, errors;
  FileActions actions;
  actions.duplicate(output.writer(), STDOUT_FILENO);
  actions.duplicate(errors.writer(), STDERR_FILENO);
  Cost cost{};
  ::pid_t pid = 0;
  int status = 0;
  ::rusage usage{};
  std::string said;
  const auto start = Clock::now();
  if (const int error = ::posix_spawnp(&pid, arguments[0], actions.get(), nullptr,
                                       arguments.data(), ::environ))
    throw system_error(error, words[0]);
  output.close_writer();
  errors.close_writer();
  bool ended = false;
  try {
    // It may have closed both and go on.
    ended = read_all(output.reader(), cost.output, errors.reader(), said,
                     start + patience) &&
            ProcessFile(pid).wait(start + patience);
  } catch (...) {
    ::kill(pid, SIGKILL);
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) continue;
    throw;
  }
  if (!ended) ::kill(pid, SIGKILL);
  while (::wait4(pid, &status, 0, &usage) < 0)
    if (errno != EINTR) throw system_error(errno, "wait4");
  cost.wall_seconds = std::chrono::duration<double>(Clock::now() - start).count();
  if (!ended)
    throw NotMeasured(
        fmt::format("{} had not ended after {} s", words[0], patience.count()));

  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
    throw NotMeasured(fmt::format(
        "{} was killed, as the kernel does where memory runs out", words[0]));
  if (WIFEXITED(status) && WEXITSTATUS(status) != 0 && names_a_limit(said))
    throw NotMeasured(last_line_of(said));
  std::fputs(said.c_str(), stderr);
  if (!WIFEXITED(status) || std::find(good_exits.begin(), good_exits.end(),
                                      WEXITSTATUS(status)) == good_exits.end())
    throw std::runtime_error(fmt::format("{} failed", fmt::join(words, " ")));

  const auto seconds = [](const ::timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  cost.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  cost.memory_bytes = usage.ru_maxrss * 1024LL;
  return cost;
}

}  // namespace measurements
