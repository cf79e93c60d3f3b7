#include "examples_2026_11_22_10_00/server_process.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>

inline namespace book {

namespace {

std::system_error system_error(const std::string& what) {
  return {errno, std::generic_category(), what};
}

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

std::vector<pid_t> children_of(pid_t process) {
  std::vector<pid_t> children;
  std::error_code gone;
  const std::string tasks = fmt::format("/proc/{}/task", process);
  for (const auto& task : std::filesystem::directory_iterator(tasks, gone)) {
    std::ifstream list(task.path() / "children");
    for (pid_t child; list >> child;) children.push_back(child);
  }
  return children;
}

long long memory_of(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/smaps_rollup", process));
  for (std::string line; std::getline(file, line);)
    // Not what is mapped from files: others that map the same change the share of it.
    if (line.starts_with("Pss_Anon:")) return std::stoll(line.substr(9)) * 1024;
  return 0;
}

void add_usage(ServerUsage& sum, pid_t process) {
  ++sum.processes;
  sum.memory_bytes += memory_of(process);
  int threads = 0;
  std::error_code gone;
  const std::string tasks = fmt::format("/proc/{}/task", process);
  for (const auto& task : std::filesystem::directory_iterator(tasks, gone)) {
    double nanoseconds = 0;
    std::ifstream(task.path() / "schedstat") >> nanoseconds;
    sum.cpu_seconds += nanoseconds * 1e-9;
    ++threads;
  }
#ifdef __SANITIZE_THREAD__
  // ThreadSanitizer starts one of its own in a copy of a process, and with a second
  // one.
  if (threads > 1) --threads;
#endif
  sum.threads += threads;
  for (const pid_t child : children_of(process)) add_usage(sum, child);
}

}  // namespace

ServerProcess::ServerProcess(std::vector<std::string> command,
                             std::optional<int> core) {
  // What it has started and left becomes a child of this process.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  std::array<int, 2> pipe;
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw system_error("pipe");
  const pid_t parent = ::getpid();
  std::fflush(nullptr);
  pid_ = ::fork();
  if (pid_ == 0) become(command, core, pipe[1], parent);
  const int error = errno;
  ::close(pipe[1]);
  if (pid_ > 0) file_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  const std::optional<std::string> said = pid_ > 0 ? read_line(pipe[0]) : std::nullopt;
  ::close(pipe[0]);
  if (pid_ < 0) {
    errno = error;
    throw system_error("cannot start a process");
  }
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
  if (file_ >= 0) end();
}

ServerUsage ServerProcess::usage() const {
  ServerUsage sum;
  add_usage(sum, pid_);
  return sum;
}

bool ServerProcess::wait(int seconds) {
  ::pollfd ended{file_, POLLIN, 0};
  int count;
  do count = ::poll(&ended, 1, seconds * 1000);
  while (count < 0 && errno == EINTR);
  return count > 0;
}

int ServerProcess::end() {
  ::kill(pid_, SIGINT);
  if (!wait(60)) ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) continue;
  ::close(file_);
  file_ = -1;
  for (const pid_t child : children_of(::getpid())) {
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ++left_;
  }
  return WIFEXITED(status_) ? WEXITSTATUS(status_) : -WTERMSIG(status_);
}

}  // namespace book
