#include "examples_2017_09_09_12_16/process.hpp"

#include <fmt/core.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/core/demangle.hpp>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <typeinfo>

#include "program/file_descriptor.hpp"
#include "program/system_error.hpp"

inline namespace book {

using namespace std::chrono_literals;

using process_details::ExitRequest;
using program::FileDescriptor;

namespace {

// Who this process is: for a Process, set right after it was copied from its parent.
struct {
  std::string name = "MainProcess";
  std::string numbers;         // "1:2" for the second that the first has made
  int made = 0;                // how many it has made
  bool runs_function = false;  // whether exit_process() has something to leave
} this_process;

std::string next_numbers() {
  const std::string before =
      this_process.numbers.empty() ? "" : this_process.numbers + ":";
  return before + std::to_string(++this_process.made);
}

#ifdef __SANITIZE_THREAD__
// ThreadSanitizer starts a thread of its own with a program's second one, and another
// in each copy of the program. But in a copy of a program that had none yet, that of
// g++ 12 starts one more with the copy's second thread. With a thread before main() it
// is always one.
[[gnu::constructor]] void start_sanitizers_thread() {
  std::thread([] {}).join();
}
constexpr int threads_of_sanitizer = 1;
#else
constexpr int threads_of_sanitizer = 0;
#endif

// Those that run code: one that was joined may still be listed for a moment. Takes two
// descriptors, and so throws where none would be left for the new process's.
int threads_of_this_process() {
  constexpr unsigned long is_exiting = 4;  // PF_EXITING of the kernel's sched.h
  int threads = 0;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream file(thread.path() / "stat");
    if (!file && errno != ENOENT) program::throw_errno("cannot count the threads");
    std::string stat;
    std::getline(file, stat);  // tid (name) state ppid pgrp session tty tpgid flags …
    std::istringstream fields(stat.substr(std::min(stat.size(), stat.rfind(')') + 1)));
    std::string skipped;
    unsigned long flags = is_exiting;  // gone before it could be read
    for (int i = 0; i < 6; ++i) fields >> skipped;
    if (fields >> flags && !(flags & is_exiting)) ++threads;
  }
  return threads - threads_of_sanitizer;
}

// A descriptor that becomes readable when the process ends, and that goes on referring
// to it when its id is given to another.
FileDescriptor open_process(pid_t pid) {
  FileDescriptor file = program::above_standard(
      FileDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))));
  if (!file) program::throw_errno("cannot watch a process");
  return file;
}

// Whoever started this program may have had it ignore the end of its children; then
// the kernel would not keep how they end.
void keep_exit_codes() {
  struct ::sigaction action{};
  ::sigaction(SIGCHLD, nullptr, &action);
  const bool ignored = !(action.sa_flags & SA_SIGINFO) && action.sa_handler == SIG_IGN;
  if (!ignored && !(action.sa_flags & SA_NOCLDWAIT)) return;
  if (ignored) action.sa_handler = SIG_DFL;
  action.sa_flags &= ~SA_NOCLDWAIT;
  ::sigaction(SIGCHLD, &action, nullptr);
}

// Whether all that was printed could be written.
bool flush() {
  const bool written = std::fflush(nullptr) == 0 && !std::ferror(stdout);
  std::clog.flush();
  return !std::cout.flush().bad() && written;
}

// One line, in one piece, after all that was printed before it.
void report(const std::string& what) {
  flush();
  std::fputs((this_process.name + ": " + what + "\n").c_str(), stderr);
}

// In the new process: calls the function, and says how it ended.
int run(const std::function<void()>& body) {
  std::clearerr(stdout);  // what could not be written before was the parent's
  std::cout.clear();
  int code = 0;
  try {
    body();
  } catch (const ExitRequest& request) {
    code = request.code;
  } catch (const std::exception& error) {
    report(boost::core::demangle(typeid(error).name()) + ": " + error.what());
    return 1;
  } catch (...) {
    report("an exception that is no std::exception");
    return 1;
  }
  errno = 0;
  if (flush()) return code;
  // A stream keeps that an earlier write failed, not why.
  const std::string reason =
      errno == 0 ? "" : ": " + std::generic_category().message(errno);
  report("cannot write the output" + reason);
  return 1;
}

}  // namespace

struct Process::State {
  std::string numbers;
  std::string name;
  bool daemon;
  std::function<void()> body;
  pid_t parent = ::getpid();  // who made it: nobody else may start, wait for or end it
  pid_t pid = 0;
  FileDescriptor file{};
  bool ended = false;
  std::optional<int> exit_code = {};

  // Takes note of its end; waits for it unless told not to.
  bool wait(int options = 0) {
    ::siginfo_t how{};
    while (!ended &&
           ::waitid(static_cast<::idtype_t>(P_PIDFD), static_cast<::id_t>(file.get()),
                    &how, WEXITED | options) != 0) {
      if (errno == ECHILD)
        ended = true;  // somebody else has waited for it: nobody knows how it ended
      else if (errno != EINTR)
        program::throw_errno("cannot wait for a process");
    }
    if (how.si_pid != 0) {
      ended = true;
      exit_code = how.si_code == CLD_EXITED ? how.si_status : -how.si_status;
    }
    return ended;
  }

  bool wait_for(std::chrono::duration<double> timeout) {
    using Clock = std::chrono::steady_clock;
    constexpr std::chrono::duration<double> very_long(1e9);
    const auto end =
        Clock::now() +
        (timeout > 0s ? std::chrono::ceil<Clock::duration>(std::min(timeout, very_long))
                      : Clock::duration(0));
    while (!wait(WNOHANG)) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
      if (left <= 0ms) return false;
      ::pollfd readable{file.get(), POLLIN, 0};
      ::poll(&readable, 1,
             static_cast<int>(std::min<long long>(left.count(), INT_MAX)));
    }
    return true;
  }

  // Does nothing to one that has ended: its descriptor refers to no other.
  void send(int signal) {
    ::syscall(SYS_pidfd_send_signal, file.get(), signal, nullptr, 0);
  }
};

Process::Process(ProcessOptions options, std::function<void()> body, Erased)
    : state_(new State{next_numbers(), std::move(options.name), options.daemon,
                       std::move(body)}) {
  if (state_->name.empty()) state_->name = "Process-" + state_->numbers;
}

Process::Process(Process&&) noexcept = default;

Process& Process::operator=(Process&& other) noexcept {
  if (this != &other) {
    end();
    state_ = std::move(other.state_);
  }
  return *this;
}

Process::~Process() {
  end();
}

void Process::end() noexcept {
  // Another process's copy of the object has no process to end.
  if (!state_ || state_->pid == 0 || state_->parent != ::getpid()) return;
  if (state_->daemon && !state_->wait(WNOHANG)) {
    state_->send(SIGTERM);
    state_->send(SIGCONT);  // or one that is stopped would not notice
    if (!state_->wait_for(5s)) state_->send(SIGKILL);
  }
  state_->wait();
}

void Process::start() {
  State& state = of_this_process();
  if (state.pid != 0) throw std::logic_error(state.name + " was started before");
  if (const int threads = threads_of_this_process(); threads > 1)
    throw std::logic_error(
        fmt::format("{} cannot be started: this process has {} threads, and its copy "
                    "would have one; "
                    "start processes before threads",
                    state.name, threads));

  keep_exit_codes();
  flush();  // or the copy would print what is still in the buffers, too
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != state.parent) ::raise(SIGKILL);  // it was gone before that
    ::prctl(PR_SET_NAME, state.name.c_str());           // of which it keeps 15 bytes
    state.pid = ::getpid();
    // Not the object's own: the function may see the end of that.
    const std::function<void()> body = std::move(state.body);
    this_process = {state.name, state.numbers, 0, true};
    const int code = run(body);
    flush();
    // Not exit(): what the parent has to do at its end is not the copy's to do.
    ::_exit(code);
  }
  if (pid < 0) program::throw_errno("cannot start a process");
  try {
    state.file = open_process(pid);
  } catch (...) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    throw;
  }
  state.pid = pid;
  state.body = nullptr;  // the copy has its own
}

Process::State& Process::state() const {
  if (!state_) throw std::logic_error("a Process was used after it was moved from");
  return *state_;
}

Process::State& Process::of_this_process() const {
  if (state().parent != ::getpid())
    throw std::logic_error(state_->name + " was made by another process");
  return *state_;
}

Process::State& Process::started_by_this_process() const {
  if (of_this_process().pid == 0)
    throw std::logic_error(state_->name + " was not started");
  return *state_;
}

void Process::join() {
  started_by_this_process().wait();
}

bool Process::join_for(std::chrono::duration<double> timeout) {
  return started_by_this_process().wait_for(timeout);
}

void Process::terminate() {
  started_by_this_process().send(SIGTERM);
}

void Process::kill() {
  started_by_this_process().send(SIGKILL);
}

bool Process::is_alive() {
  return of_this_process().pid != 0 && !state_->wait(WNOHANG);
}

std::optional<int> Process::exit_code() {
  if (of_this_process().pid != 0) state_->wait(WNOHANG);
  return state_->exit_code;
}

pid_t Process::pid() const {
  return state().pid;
}

const std::string& Process::name() const {
  return state().name;
}

bool Process::daemon() const {
  return state().daemon;
}

std::string Process::description() {
  std::string text = fmt::format("<Process name='{}'", name());
  if (pid() != 0) text += fmt::format(" pid={}", pid());
  text += fmt::format(" parent={}", state_->parent);
  if (state_->parent != ::getpid())
    text += " unknown";
  else if (pid() == 0)
    text += " initial";
  else
    text += is_alive() ? " started" : " stopped";
  if (const auto code = state_->exit_code) {
    const char* signal = *code < 0 ? ::sigabbrev_np(-*code) : nullptr;
    text +=
        " exitcode=" + (signal ? fmt::format("-SIG{}", signal) : std::to_string(*code));
  }
  return text + (daemon() ? " daemon>" : ">");
}

void exit_process(int code) {
  if (!this_process.runs_function || ::gettid() != ::getpid())
    throw std::logic_error("exit_process() was called outside of a Process's function");
  // NOLINTNEXTLINE(bugprone-std-exception-baseclass): no `catch` shall get it
  throw ExitRequest{code};
}

const std::string& current_process_name() {
  return this_process.name;
}

}  // namespace book
