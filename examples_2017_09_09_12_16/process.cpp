#include "examples_2017_09_09_12_16/process.hpp"

#include <fmt/core.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/core/demangle.hpp>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <typeinfo>

namespace {

struct ExitRequest {
  int code;
};

std::string this_process_name = "MainProcess";

std::string next_name() {
  static int made = 0;
  return fmt::format("Process-{}", ++made);
}

std::ptrdiff_t threads_of_this_process() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return std::distance(begin(tasks), end(tasks));
}

std::system_error system_error(const char* what) {
  return {errno, std::generic_category(), what};
}

// In the new process: calls the function, and says how it ended.
int run(const std::function<void()>& body) {
  try {
    body();
    return 0;
  } catch (const ExitRequest& request) {
    return request.code;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}: {}\n", this_process_name,
               boost::core::demangle(typeid(error).name()), error.what());
  } catch (...) {
    fmt::print(stderr, "{}: an exception that is no std::exception\n", this_process_name);
  }
  return 1;
}

}  // namespace

struct Process::State {
  std::string name;
  bool daemon;
  std::function<void()> body;
  pid_t parent = ::getpid();  // who may start it, wait for it and end it
  pid_t pid = 0;
  int file = -1;  // refers to this very process even when its id is given to another
  std::optional<int> exit_code;

  ~State() {
    if (file >= 0) ::close(file);
  }

  // Takes note of its end, if it has ended by then.
  //
  // limit: in milliseconds; -1 for none.
  bool wait(int limit) {
    if (exit_code) return true;
    ::pollfd ended{file, POLLIN, 0};
    int ready;
    while ((ready = ::poll(&ended, 1, limit)) < 0)
      if (errno != EINTR) throw system_error("poll");
    if (ready == 0) return false;
    ::siginfo_t how{};
    if (::waitid(static_cast<::idtype_t>(P_PIDFD), static_cast<::id_t>(file), &how,
                 WEXITED) != 0)
      throw system_error("waitid");
    exit_code = how.si_code == CLD_EXITED ? how.si_status : -how.si_status;
    return true;
  }
};

Process::Process(ProcessOptions options, std::function<void()> body, Erased)
    : state_(std::make_unique<State>(
          options.name.empty() ? next_name() : std::move(options.name), options.daemon,
          std::move(body))) {}

Process::Process(Process&&) noexcept = default;

Process& Process::operator=(Process&& other) noexcept {
  Process ended(std::move(*this));  // waited for as by its destructor
  state_ = std::move(other.state_);
  return *this;
}

Process::~Process() {
  // In a copy of the process that started it, the object is a copy without a process.
  if (!state_ || state_->pid == 0 || state_->parent != ::getpid()) return;
  if (state_->daemon) terminate();
  state_->wait(-1);
}

void Process::start() {
  if (state_->pid != 0) throw std::logic_error(state_->name + " was started before");
  if (const auto threads = threads_of_this_process(); threads > 1)
    throw std::logic_error(fmt::format(
        "{} cannot be started: this process has {} threads, and its copy would have one; "
        "start processes before threads",
        state_->name, threads));

  std::fflush(nullptr);  // or the copy would print what is still in the buffers, too
  const pid_t parent = state_->parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) throw system_error("cannot start a process");
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);  // the parent was killed before that
    this_process_name = state_->name;
    ::prctl(PR_SET_NAME, this_process_name.c_str());
    const int code = run(state_->body);
    std::fflush(nullptr);
    // Not exit(): what the parent has to do at its end is not the copy's to do.
    ::_exit(code);
  }
  state_->file = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (state_->file < 0) {  // such as too many open files
    const auto error = system_error("cannot watch a process");
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    throw error;
  }
  state_->pid = pid;
}

Process::State& Process::of_this_process() const {
  if (state_->pid == 0) throw std::logic_error(state_->name + " was not started");
  if (state_->parent != ::getpid())
    throw std::logic_error(state_->name + " was started by another process");
  return *state_;
}

void Process::join() {
  of_this_process().wait(-1);
}

bool Process::join_for(std::chrono::duration<double> limit) {
  // Rounded up: a limit that is not over must not be taken for one that is.
  return of_this_process().wait(
      static_cast<int>(std::ceil(std::max(0.0, limit.count()) * 1000)));
}

void Process::signal(int number) {
  State& state = of_this_process();
  if (!state.wait(0)) ::syscall(SYS_pidfd_send_signal, state.file, number, nullptr, 0);
}

void Process::terminate() {
  signal(SIGTERM);
}

void Process::kill() {
  signal(SIGKILL);
}

bool Process::is_alive() {
  return state_->pid != 0 && !of_this_process().wait(0);
}

std::optional<int> Process::exit_code() {
  if (state_->pid != 0) of_this_process().wait(0);
  return state_->exit_code;
}

pid_t Process::pid() const {
  return state_->pid;
}

const std::string& Process::name() const {
  return state_->name;
}

bool Process::daemon() const {
  return state_->daemon;
}

std::string Process::description() {
  std::string text = fmt::format("<Process name='{}'", name());
  if (pid() != 0) text += fmt::format(" pid={}", pid());
  text += fmt::format(" parent={}", state_->parent);
  const auto code = exit_code();
  if (pid() == 0)
    text += " initial";
  else if (!code)
    text += " started";
  else if (*code < 0)
    text += fmt::format(" stopped exitcode=-SIG{}", ::sigabbrev_np(-*code));
  else
    text += fmt::format(" stopped exitcode={}", *code);
  return text + (daemon() ? " daemon>" : ">");
}

void exit_process(int code) {
  throw ExitRequest{code};
}

const std::string& current_process_name() {
  return this_process_name;
}
