#include "examples_2026_11_22_10_00/server_process.hpp"

#include <fmt/core.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <stdexcept>
#include <system_error>

#include "program/file_descriptor.hpp"
#include "program/proc.hpp"
#include "program/system_error.hpp"

inline namespace book {

namespace proc = program::proc;

namespace {

// In the new process: becomes the command.
[[noreturn]] void become(std::vector<std::string>& command, std::optional<int> core,
                         int output, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // it was gone before that
  ::dup2(output, STDOUT_FILENO);
  if (core) {
    ::cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(static_cast<std::size_t>(*core), &cores);
    ::sched_setaffinity(0, sizeof cores, &cores);
  }
  std::vector<char*> words;
  for (std::string& word : command) words.push_back(word.data());
  words.push_back(nullptr);
  ::execvp(words[0], words.data());
  const std::string why = "cannot start " + command[0];
  std::perror(why.c_str());
  ::_exit(127);
}

void add_usage(ServerUsage& sum, pid_t process) {
  ++sum.processes;
  // Not what is mapped from files: others that map the same change the share of it.
  sum.memory_bytes += static_cast<long long>(
      proc::bytes_in(fmt::format("/proc/{}/smaps_rollup", process), "Pss_Anon")
          .value_or(0));
  int threads = 0;
  for (const pid_t thread : proc::threads(process)) {
    const auto used = proc::usage(process, thread).value_or(proc::Usage{});
    sum.cpu_seconds += static_cast<double>(used.cpu_nanoseconds) * 1e-9;
    ++threads;
  }
#ifdef __SANITIZE_THREAD__
  // ThreadSanitizer starts one of its own in a copy of a process, and with a second
  // one.
  if (threads > 1) --threads;
#endif
  sum.threads += threads;
  for (const pid_t child : proc::children(process)) add_usage(sum, child);
}

}  // namespace

ServerProcess::ServerProcess(std::vector<std::string> command,
                             std::optional<int> core) {
  // What it has started and left becomes a child of this process.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  program::PipeEnds pipe = program::make_pipe();
  const pid_t parent = ::getpid();
  std::fflush(nullptr);
  pid_ = ::fork();
  if (pid_ == 0) become(command, core, pipe.writer.get(), parent);
  program::throw_on_error(pid_, "cannot start a process");
  pipe.writer.reset();
  file_ = program::above_standard(
      program::FileDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0))));
  if (!file_) {
    const std::system_error error = program::error_from_errno("cannot watch a process");
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    throw error;
  }
  const std::optional<std::string> said = read_line(pipe.reader.get());
  if (!said) {
    end();
    throw std::runtime_error(fmt::format(
        "{} has not said within two minutes on which port it listens", command[0]));
  }
  const std::string& line = *said;
  const std::string before = "listening on port ";
  const char* number = line.data() + std::min(before.size(), line.size());
  if (!line.starts_with(before) ||
      std::from_chars(number, line.data() + line.size(), port_).ec != std::errc()) {
    end();
    throw std::runtime_error(
        fmt::format("{} does not say on which port it listens", command[0]));
  }
}

std::optional<std::string> ServerProcess::read_line(int file) const {
  std::string line;
  ::pollfd readable{file, POLLIN, 0};
  constexpr int two_minutes = 120'000;  // longer than a busy machine takes
  for (;;) {
    const int ready = ::poll(&readable, 1, two_minutes);
    if (ready == 0) return std::nullopt;
    char letter = 0;
    const auto count = ready > 0 ? ::read(file, &letter, 1) : -1;
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0 || letter == '\n') return line;
    line += letter;
  }
}

ServerProcess::~ServerProcess() {
  if (file_) end();
}

ServerUsage ServerProcess::usage() const {
  ServerUsage sum;
  add_usage(sum, pid_);
  return sum;
}

bool ServerProcess::wait(int seconds) {
  ::pollfd ended{file_.get(), POLLIN, 0};
  int count;
  do count = ::poll(&ended, 1, seconds * 1000);
  while (count < 0 && errno == EINTR);
  return count > 0;
}

int ServerProcess::end() {
  ::kill(pid_, SIGINT);
  if (!wait(60)) ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) continue;
  file_.reset();
  for (const pid_t child : proc::children(::getpid())) {
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ++left_;
  }
  return WIFEXITED(status_) ? WEXITSTATUS(status_) : -WTERMSIG(status_);
}

}  // namespace book
