#include "recorder/waiting_program.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include "program/pass_descriptor.hpp"
#include "program/system_error.hpp"
#include "recorder/system_calls.hpp"

namespace recorder {
namespace {

using program::FileDescriptor;
using program::throw_on_error;

/// What the child tells the recorder on its way to becoming the program.
struct ChildMessage {
  pid_t pid;
  int error;
  bool has_reports;
  /// What can't be done; null where nothing failed. A text from before the fork, which
  /// is at the same place in both processes.
  const char* failed;
};

void send_message(const FileDescriptor& socket, ChildMessage message, int descriptor) {
  iovec piece{&message, sizeof message};
  // Where it can't be told, the recorder sees the socket's end.
  (void)program::send_with_descriptor(socket.get(), {&piece, 1}, descriptor);
}

/// @return nothing at the end.
/// @throws std::system_error where the child tells of something that can't be done.
std::optional<ChildMessage> receive_message(const FileDescriptor& socket,
                                            FileDescriptor& descriptor) {
  std::array<char, sizeof(ChildMessage)> bytes;
  if (program::receive_with_descriptor(socket.get(), bytes, descriptor) !=
      static_cast<ssize_t>(bytes.size()))
    return std::nullopt;
  ChildMessage message;
  std::memcpy(&message, bytes.data(), bytes.size());
  if (message.failed)
    throw std::system_error(message.error, std::generic_category(), message.failed);
  return message;
}

/// The environment that each program finds, whatever the recorder's is.
std::vector<std::string> program_environment(const RunOptions& options,
                                             const std::string& directory) {
  // Python hands each write on at once: otherwise lines of several threads go out in
  // one write, as if one had written them all.
  std::vector<std::string> variables{"LANG=C.UTF-8",        "PYTHONDONTWRITEBYTECODE=1",
                                     "PYTHONUNBUFFERED=1",  "HOME=" + directory,
                                     "TMPDIR=" + directory, "TERM=xterm-256color"};
  for (const char* name : {"PATH", "ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"})
    if (const char* value = std::getenv(name))
      variables.push_back(fmt::format("{}={}", name, value));
  for (const auto& [name, value] : options.environment)
    variables.push_back(fmt::format("{}={}", name, value));
  return variables;
}

/// As execve() wants them. The texts must outlive the pointers.
std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

/// What the child needs to become the program: all that allocates is made before the
/// fork.
struct Plan {
  const StandardFiles& files;
  const FileDescriptor& socket;
  bool report_calls;
  const char* directory;
  const char* name;
  char* const* arguments;
  char* const* environment;
};

/// What happens in the child, from fork to exec.
class Child {
 public:
  explicit Child(const Plan& plan) : plan_(plan) {}

  [[noreturn]] void become_program() const {
    must(prctl(PR_SET_PDEATHSIG, SIGKILL), "prctl");
    must(setsid(), "setsid");
    if (plan_.files.terminal) take_terminal();
    take_standard_files();
    reset_signals();
    report_calls();
    char go;
    if (recv(plan_.socket.get(), &go, 1, 0) != 1) _exit(127);
    must(chdir(plan_.directory), "chdir");
    must(execve(plan_.name, plan_.arguments, plan_.environment), plan_.name);
    _exit(127);
  }

 private:
  /// Tells the recorder of what can't be done, and ends this process.
  void must(long done, const char* what) const {
    if (done >= 0) return;
    send_message(plan_.socket, {getpid(), errno, false, what}, -1);
    _exit(127);
  }

  /// Gives the terminal to the program as a shell would: the program is the foreground
  /// job of a session whose leader outlives it. (If it led the session itself, the
  /// kernel would hang up on its children at its end, and none could be left behind.)
  void take_terminal() const {
    const int terminal = plan_.files.terminal.get();
    must(ioctl(terminal, TIOCSCTTY, 0), "TIOCSCTTY");
    // The program is to be the recorder's child all the same.
    const auto program =
        syscall(SYS_clone, CLONE_PARENT | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
    must(program, "clone");
    if (program > 0) lead_session();
    must(prctl(PR_SET_PDEATHSIG, SIGKILL), "prctl");
    must(setpgid(0, 0), "setpgid");
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTTOU);
    must(sigprocmask(SIG_BLOCK, &stop, nullptr), "sigprocmask");
    must(tcsetpgrp(terminal, getpid()), "tcsetpgrp");
  }

  /// Waits until it is killed.
  [[noreturn]] static void lead_session() {
    // What it kept open would seem to be the program's.
    constexpr unsigned max_files = 65'536;
    if (close_range(0, ~0u, 0) != 0)  // a container may refuse what it doesn't know
      for (unsigned file = 0; file < max_files; ++file) close(static_cast<int>(file));
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, nullptr);
    while (true) pause();
  }

  void take_standard_files() const {
    const auto& [terminal, input, output, error] = plan_.files;
    must(dup2(terminal ? terminal.get() : input.get(), STDIN_FILENO), "dup2");
    must(dup2(terminal ? terminal.get() : output.get(), STDOUT_FILENO), "dup2");
    must(dup2(terminal ? terminal.get() : error.get(), STDERR_FILENO), "dup2");
  }

  /// The program ignores and blocks no signal, whatever this process does.
  void reset_signals() const {
    for (int number = 1; number < NSIG; ++number)
      (void)signal(number, SIG_DFL);  // fails for those that can't be ignored
    sigset_t none;
    sigemptyset(&none);
    must(sigprocmask(SIG_SETMASK, &none, nullptr), "sigprocmask");
  }

  void report_calls() const {
    const int reports = plan_.report_calls ? report_system_calls() : -1;
    const int error = reports < 0 && plan_.report_calls ? errno : 0;
    send_message(plan_.socket, {getpid(), error, reports >= 0, nullptr}, reports);
    if (reports >= 0) close(reports);
  }

  const Plan& plan_;
};

}  // namespace

WaitingProgram::WaitingProgram(const RunOptions& options, const std::string& directory,
                               const StandardFiles& files) {
  int ends[2];
  throw_on_error(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends),
                 "socketpair");
  FileDescriptor ours(ends[0]), theirs(ends[1]);
  ours = program::above_standard(std::move(ours));
  theirs = program::above_standard(std::move(theirs));
  if (!ours || !theirs) program::throw_errno("socketpair");

  auto command = options.command;
  auto variables = program_environment(options, directory);
  const auto arguments = pointers_to(command);
  const auto environment = pointers_to(variables);
  const Plan plan{files,
                  theirs,
                  options.report_calls,
                  directory.c_str(),
                  options.command.front().c_str(),  // it may be named after the fork
                  arguments.data(),
                  environment.data()};

  const pid_t child = throw_on_error(fork(), "fork");
  if (child == 0) {
    ours.reset();
    Child(plan).become_program();
  }
  theirs.reset();
  const auto message = receive_message(ours, reports_);
  if (!message)
    throw std::runtime_error("the recorder's child ended before the program began");
  pid_ = message->pid;
  if (files.terminal) session_leader_ = child;
  if (!message->has_reports) reports_error_ = message->error;
  socket_ = std::move(ours);
}

void WaitingProgram::begin() {
  throw_on_error(send(socket_.get(), "g", 1, MSG_NOSIGNAL), "send");
  FileDescriptor none;
  receive_message(socket_, none);  // its end, where all is well
  socket_.reset();
}

}  // namespace recorder
