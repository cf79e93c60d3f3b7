#include "recorder/run.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <system_error>
#include <utility>

#include "recorder/descriptor.hpp"
#include "recorder/follower.hpp"
#include "recorder/proc.hpp"
#include "recorder/scratch_directory.hpp"
#include "recorder/system_calls.hpp"

extern char** environ;

namespace recorder {
namespace {

/// How long the program's processes may outlive it before they count as left behind;
/// the time that they wait for a core does not count.
constexpr double grace_seconds = 1;

/// But none may outlive it for longer than this.
constexpr double longest_grace_seconds = 60;

/// Looking at the threads takes at most this share of the time.
constexpr double most_of_the_time = 0.05;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

int check(int result, const char* what) {
  if (result < 0) fail(what);
  return result;
}

/// A write that a thread is about to make.
struct expected_write {
  std::size_t thread;
  double time;
  int file;
  std::string data;  ///< What has not come out yet.
};

/// The writes that were announced and have not come out, in the order of their time.
///
/// What a thread writes to descriptor 1 may come out as standard error, or not at all
/// (a shell's `echo 2>&1`, a child's redirected output), so it is found by what it
/// says.
using expected_writes = std::deque<expected_write>;

/// What comes out of a program through one descriptor, cut into lines, each with the
/// thread that wrote it.
class output {
 public:
  /// @param from     where to read it; not blocking.
  /// @param stream   the name of the stream; empty where it carries both.
  /// @param expected what the threads were seen writing.
  output(descriptor from, std::string stream, expected_writes& expected)
      : file(std::move(from)), stream_(std::move(stream)), expected_(expected) {}

  /// Reads what is there.
  ///
  /// @return whether more can come.
  bool read(std::vector<line>& lines, double now) {
    std::array<char, 65536> bytes;
    while (true) {
      const auto size = ::read(file.get(), bytes.data(), bytes.size());
      if (size > 0) {
        take({bytes.data(), static_cast<std::size_t>(size)}, lines, now);
      } else if (size < 0 && errno == EAGAIN) {
        return true;
      } else if (size == 0 || errno != EINTR) {
        // The end; on a terminal it is an error, EIO.
        if (!open_line_.text.empty()) end_line(lines);
        return false;
      }
    }
  }

  descriptor file;

 private:
  void take(std::string_view bytes, std::vector<line>& lines, double now) {
    const auto begins_like = [&](const expected_write& write) {
      const std::size_t common = std::min(bytes.size(), write.data.size());
      return bytes.substr(0, common) == std::string_view(write.data).substr(0, common);
    };
    while (!bytes.empty()) {
      const auto source = std::find_if(expected_.begin(), expected_.end(), begins_like);
      std::size_t size;
      if (source != expected_.end()) {
        size = std::min(bytes.size(), source->data.size());
        open_line_.time = source->time;
        open_line_.thread = source->thread;
        open_line_.stream = source->file == STDERR_FILENO ? "stderr" : "stdout";
      } else {
        size = std::min(bytes.size(), bytes.find('\n') + 1);
        if (size == 0) size = bytes.size();
        open_line_.time = now;
        open_line_.thread = std::nullopt;
        open_line_.stream = "terminal";
      }
      if (!stream_.empty()) open_line_.stream = stream_;
      for (const char c : bytes.substr(0, size)) {
        if (c != '\n')
          open_line_.text += c;
        else
          end_line(lines);
      }
      if (source != expected_.end()) {
        source->data.erase(0, size);
        if (source->data.empty()) expected_.erase(source);
      }
      bytes.remove_prefix(size);
    }
  }

  void end_line(std::vector<line>& lines) {
    lines.push_back(open_line_);
    open_line_.text.clear();
  }

  std::string stream_;
  expected_writes& expected_;
  line open_line_{};
};

/// A new pseudo-terminal that passes bytes on as they are.
std::pair<descriptor, descriptor> open_terminal() {
  constexpr auto none =
      "there is no pseudo-terminal to be had, which /dev/ptmx and /dev/pts give";
  descriptor master(check(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), none));
  check(grantpt(master.get()), none);
  check(unlockpt(master.get()), none);
  // Asked for by its master, it is found also where /dev/pts is another one's.
  descriptor slave(
      check(ioctl(master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC), none));
  termios mode{};
  check(tcgetattr(slave.get(), &mode), none);
  mode.c_oflag &= ~static_cast<tcflag_t>(OPOST);
  mode.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  check(tcsetattr(slave.get(), TCSANOW, &mode), none);
  const winsize size{24, 80, 0, 0};
  check(ioctl(slave.get(), TIOCSWINSZ, &size), none);
  return {std::move(master), std::move(slave)};
}

std::pair<descriptor, descriptor> open_pipe() {
  int ends[2];
  check(pipe2(ends, O_CLOEXEC), "no pipe");
  return {descriptor(ends[0]), descriptor(ends[1])};
}

void make_non_blocking(int file) {
  const int flags = check(fcntl(file, F_GETFL), "fcntl");
  check(fcntl(file, F_SETFL, flags | O_NONBLOCK), "fcntl");
}

/// What the child tells the recorder on its way to becoming the program.
struct report {
  pid_t pid;
  int error;
  bool has_listener;
  /// What can't be done; null where nothing failed. A text from before the fork, which
  /// is at the same place in both processes.
  const char* failed;
};

void send_report(int socket, const report& what, int listener) {
  iovec data{const_cast<report*>(&what), sizeof what};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))]{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  if (listener >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &listener, sizeof listener);
  }
  // Where it can't be told, the recorder sees the socket's end.
  (void)sendmsg(socket, &message, MSG_NOSIGNAL);
}

/// @return the report, and the descriptor that came with it; nothing at the end.
std::optional<std::pair<report, descriptor>> receive_report(int socket) {
  report what{};
  iovec data{&what, sizeof what};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))]{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const auto size = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  if (size != static_cast<ssize_t>(sizeof what)) return std::nullopt;
  descriptor listener;
  if (const cmsghdr* header = CMSG_FIRSTHDR(&message)) {
    int file;
    std::memcpy(&file, CMSG_DATA(header), sizeof file);
    listener = descriptor(file);
  }
  return std::pair(what, std::move(listener));
}

/// The time that processes are given to end after the program has ended.
class grace {
 public:
  explicit grace(double now) : begin_(now) {}

  /// Whether one of these processes had its time. To be asked again and again, from the
  /// program's end on.
  bool is_over(const std::vector<pid_t>& processes, double now) {
    const bool longest = now - begin_ > longest_grace_seconds;
    bool over = false;
    for (const pid_t pid : processes) {
      if (proc::is_zombie(pid)) continue;
      double on_a_core = 0;
      double waiting = 0;
      bool runnable = false;
      for (const pid_t tid : proc::threads(pid)) {
        const auto used = proc::schedule(pid, tid).value_or(proc::usage{});
        on_a_core += static_cast<double>(used.cpu_nanoseconds) * 1e-9;
        waiting += static_cast<double>(used.runnable_nanoseconds) * 1e-9;
        runnable = runnable || proc::is_runnable(pid, tid);
      }
      const look& first =
          seen_.try_emplace(pid, look{now, on_a_core, waiting}).first->second;
      // How long one has waited that waits now is counted when it gets a core: until
      // then, it is its time on a core that tells.
      const double given =
          runnable ? on_a_core - first.on_a_core
                   : now - first.time - std::max(0.0, waiting - first.waiting);
      over = over || longest || given > grace_seconds;
    }
    return over;
  }

 private:
  struct look {
    double time;
    double on_a_core;
    double waiting;
  };
  double begin_;
  std::map<pid_t, look> seen_;  ///< The first look at each process.
};

/// One run, from fork to the last byte.
class session {
 public:
  explicit session(const run_options& options) : options_(options) {}
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  ~session() {
    kill_all();
    if (session_leader_ > 0) {
      kill(session_leader_, SIGKILL);
      waitpid(session_leader_, nullptr, 0);
    }
    sigprocmask(SIG_SETMASK, &old_mask_, nullptr);
  }

  run record() {
    result_.terminal = options_.terminal;
    result_.program = std::filesystem::path(options_.command.front())
                          .filename()
                          .string()
                          .substr(0, 15);
    start();
    follower follow(result_.threads, program_, options_.follow_threads);
    follow_ = &follow;
    const double waited_before = waited_beside();
    go();
    watch();
    follow.finish(now(), result_.wall_seconds);
    result_.waited_seconds = waited_beside() - waited_before;
    for (const auto& of : result_.threads)
      result_.waited_seconds += of.runnable_seconds;
    result_.peak_memory_bytes =
        follow.peak_memory() > 0 ? follow.peak_memory() : fallback_peak_;
    // Through pipes, standard output and error are read apart.
    std::stable_sort(result_.lines.begin(), result_.lines.end(),
                     [](const line& a, const line& b) { return a.time < b.time; });
    return std::move(result_);
  }

 private:
  /// Seconds since the program's start.
  double now() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_)
        .count();
  }

  /// How long the program may have waited so far for what is not its own: the recorder,
  /// and the machine's host.
  static double waited_beside() {
    const auto own = proc::schedule(getpid(), getpid()).value_or(proc::usage{});
    return static_cast<double>(own.runnable_nanoseconds) * 1e-9 +
           proc::stolen_seconds();
  }

  void start() {
    sigset_t watched;
    sigemptyset(&watched);
    sigaddset(&watched, SIGCHLD);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
      // What is ignored, as SIGHUP is after `nohup`, remains so: blocked, it would
      // come.
      struct sigaction action{};
      check(sigaction(signal, nullptr, &action), "sigaction");
      if (action.sa_handler != SIG_IGN) sigaddset(&watched, signal);
    }
    check(sigprocmask(SIG_BLOCK, &watched, &old_mask_), "sigprocmask");
    signals_ = descriptor(
        check(signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd"));
    // Processes whose parent ends become this process's children: none gets away.
    check(prctl(PR_SET_CHILD_SUBREAPER, 1), "prctl");

    descriptor input, out, error;
    if (options_.terminal) {
      auto [master, slave] = open_terminal();
      outputs_.emplace_back(std::move(master), "", expected_);
      out = std::move(slave);
    } else {
      auto [read_out, write_out] = open_pipe();
      auto [read_error, write_error] = open_pipe();
      outputs_.emplace_back(std::move(read_out), "stdout", expected_);
      outputs_.emplace_back(std::move(read_error), "stderr", expected_);
      out = std::move(write_out);
      error = std::move(write_error);
      input = descriptor(check(open("/dev/null", O_RDONLY | O_CLOEXEC), "/dev/null"));
    }
    for (auto& output : outputs_) make_non_blocking(output.file.get());

    int ends[2];
    check(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), "socketpair");
    descriptor ours(ends[0]), theirs(ends[1]);

    // All that allocates is done before the fork. Python hands each write on at once:
    // otherwise lines of several threads go out in one write, as if one had written
    // them all.
    std::vector<std::string> variables{"LANG=C.UTF-8",
                                       "PYTHONDONTWRITEBYTECODE=1",
                                       "PYTHONUNBUFFERED=1",
                                       "HOME=" + scratch_.path(),
                                       "TMPDIR=" + scratch_.path(),
                                       "TERM=xterm-256color"};
    for (const char* name : {"PATH", "ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"})
      if (const char* value = std::getenv(name))
        variables.push_back(fmt::format("{}={}", name, value));
    for (const auto& [name, value] : options_.environment)
      variables.push_back(fmt::format("{}={}", name, value));
    const auto pointers = [](std::vector<std::string>& texts) {
      std::vector<char*> all;
      for (auto& text : texts) all.push_back(text.data());
      all.push_back(nullptr);
      return all;
    };
    auto command = options_.command;
    const auto arguments = pointers(command);
    const auto environment = pointers(variables);

    const pid_t child = check(fork(), "fork");
    if (child == 0) {
      ours.reset();
      const auto must = [&](long done, const char* what) {
        if (done >= 0) return;
        send_report(theirs.get(), {getpid(), errno, false, what}, -1);
        _exit(127);
      };
      must(prctl(PR_SET_PDEATHSIG, SIGKILL), "prctl");
      must(setsid(), "setsid");
      if (options_.terminal) take_terminal(out, must);
      must(dup2(options_.terminal ? out.get() : input.get(), STDIN_FILENO), "dup2");
      must(dup2(out.get(), STDOUT_FILENO), "dup2");
      must(dup2(options_.terminal ? out.get() : error.get(), STDERR_FILENO), "dup2");
      // The program ignores no signal, whatever this process does.
      for (int signal = 1; signal < NSIG; ++signal)
        std::signal(signal, SIG_DFL);  // fails for those that can't be ignored
      sigset_t none;
      sigemptyset(&none);
      must(sigprocmask(SIG_SETMASK, &none, nullptr), "sigprocmask");
      const int listener = options_.report_calls ? report_system_calls() : -1;
      send_report(theirs.get(),
                  {getpid(), listener < 0 ? errno : 0, listener >= 0, nullptr},
                  listener);
      if (listener >= 0) close(listener);
      char go;
      if (recv(theirs.get(), &go, 1, 0) != 1) _exit(127);
      must(chdir(scratch_.path().c_str()), "chdir");
      must(execve(arguments[0], arguments.data(), environment.data()),
           options_.command.front().c_str());
    }
    session_leader_ = options_.terminal ? child : -1;
    theirs.reset();
    auto told = receive_report(ours.get());
    if (!told)
      throw std::runtime_error("the recorder's child ended before the program began");
    if (told->first.failed) {
      errno = told->first.error;
      fail(told->first.failed);
    }
    program_ = told->first.pid;
    if (told->first.has_listener)
      listener_ = std::move(told->second);
    else
      result_.writers_note = fmt::format("the kernel does not report system calls ({})",
                                         std::strerror(told->first.error));
    to_child_ = std::move(ours);
  }

  /// Gives the terminal to the program as a shell would: the program is the foreground
  /// job of a session whose leader outlives it. (If it led the session itself, the
  /// kernel would hang up on its children at its end, and none could be left behind.)
  ///
  /// @param must tells the recorder of what can't be done, and ends this process.
  template <typename Must>
  static void take_terminal(descriptor& terminal, const Must& must) {
    must(ioctl(terminal.get(), TIOCSCTTY, 0), "TIOCSCTTY");
    // The program is to be the recorder's child all the same.
    const auto program =
        syscall(SYS_clone, CLONE_PARENT | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
    must(program, "clone");
    if (program > 0) {
      // What it kept open would seem to be the program's.
      constexpr unsigned most_files = 65'536;
      if (close_range(0, ~0u, 0) != 0)  // a container may refuse what it doesn't know
        for (unsigned file = 0; file < most_files; ++file)
          close(static_cast<int>(file));
      sigset_t all;
      sigfillset(&all);
      sigprocmask(SIG_SETMASK, &all, nullptr);
      while (true) pause();
    }
    must(prctl(PR_SET_PDEATHSIG, SIGKILL), "prctl");
    must(setpgid(0, 0), "setpgid");
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTTOU);
    must(sigprocmask(SIG_BLOCK, &stop, nullptr), "sigprocmask");
    must(tcsetpgrp(terminal.get(), getpid()), "tcsetpgrp");
  }

  /// Lets the child become the program.
  void go() {
    began_ = result_.began = std::chrono::steady_clock::now();
    check(static_cast<int>(send(to_child_.get(), "g", 1, MSG_NOSIGNAL)), "send");
    if (const auto told = receive_report(to_child_.get())) {
      errno = told->first.error;
      fail(told->first.failed);
    }
    to_child_.reset();
  }

  void watch() {
    double next_look = 0;
    std::optional<grace> given;  // since the program itself ended
    while (true) {
      if (!running_) {
        if (!given) given.emplace(now());
        const auto left = children();
        if (left.empty()) break;
        if (given->is_over(left, now())) {
          name_left_behind();
          break;
        }
      } else if (now() > options_.limit.count()) {
        result_.timed_out = true;
        if (options_.follow_threads) follow_->look(now());
        kill_all();
        continue;
      }
      if (options_.follow_threads && now() >= next_look) {
        const double begin = now();
        follow_->look(begin);
        const double cost = now() - begin;
        next_look =
            begin + std::max(std::chrono::duration<double>(options_.period).count(),
                             cost / most_of_the_time);
      }
      const double until = options_.follow_threads ? next_look : now() + 0.1;
      wait_for_event(std::max(0.0, std::min(until, now() + 0.1) - now()));
    }
    // Who is left now was given its time; then the rest of the output can be read.
    kill_all();
    for (auto& output : outputs_) output.read(result_.lines, now());
  }

  void wait_for_event(double seconds) {
    std::vector<pollfd> files{{signals_.get(), POLLIN, 0}};
    if (listener_.get() >= 0) files.push_back({listener_.get(), POLLIN, 0});
    for (auto& output : outputs_)
      if (output.file.get() >= 0) files.push_back({output.file.get(), POLLIN, 0});
    const timespec time{
        static_cast<time_t>(seconds),
        static_cast<long>(
            (seconds - static_cast<double>(static_cast<time_t>(seconds))) * 1e9)};
    if (ppoll(files.data(), files.size(), &time, nullptr) < 0 && errno != EINTR)
      fail("poll");
    const auto ready = [&](const descriptor& file) -> short {
      const auto found = std::find_if(files.begin(), files.end(), [&](const pollfd& f) {
        return f.fd == file.get();
      });
      return found == files.end() ? short{0} : found->revents;
    };
    // A write is noted before its bytes can come out, so it is taken first.
    if (const short events = ready(listener_); events & POLLIN)
      take_system_call();
    else if (events & (POLLHUP | POLLERR))
      listener_.reset();
    for (auto& output : outputs_)
      if (ready(output.file) && !output.read(result_.lines, now())) output.file.reset();
    if (ready(signals_)) take_signals();
  }

  void take_system_call() {
    unsigned long long id = 0;
    auto call = next_system_call(listener_.get(), id);
    if (!call) return;
    const double time = now();
    switch (call->what) {
      case system_call::kind::write: {
        constexpr std::size_t most = 4096;  // what went elsewhere must not pile up
        if (call->refused != 0)
          result_.writers_note = fmt::format(
              "the kernel does not let the recorder see what is written ({})",
              std::strerror(call->refused));
        if (call->data.empty()) break;
        expected_.push_back({follow_->look_at(call->tid, time), time, call->file,
                             std::move(call->data)});
        if (expected_.size() > most) expected_.pop_front();
        break;
      }
      case system_call::kind::start:
        follow_->starts(call->tid, time);
        break;
      case system_call::kind::thread_exit:
        follow_->ends(call->tid, time);
        break;
      case system_call::kind::process_exit:
        follow_->process_ends(call->tid, time);
        break;
    }
    let_go_on(listener_.get(), id);
  }

  void take_signals() {
    signalfd_siginfo info{};
    while (::read(signals_.get(), &info, sizeof info) == sizeof info)
      if (info.ssi_signo != SIGCHLD)
        throw interrupted{static_cast<int>(info.ssi_signo)};
    while (reap(WNOHANG)) continue;
  }

  /// Takes note of a child that ended.
  ///
  /// @return whether there was one.
  bool reap(int flags) {
    int status = 0;
    rusage used{};
    const pid_t pid = wait4(-1, &status, flags, &used);
    if (pid <= 0) return false;
    const auto seconds = [](const timeval& t) {
      return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
    };
    // What a process used includes what its own children did, if it waited for them.
    result_.user_seconds += seconds(used.ru_utime);
    result_.system_seconds += seconds(used.ru_stime);
    // Only a fallback: it counts what this process had resident when it forked.
    fallback_peak_ =
        std::max(fallback_peak_, static_cast<std::size_t>(used.ru_maxrss) * 1024);
    if (pid == program_) {
      running_ = false;
      result_.wall_seconds = now();
      if (WIFEXITED(status)) result_.exit_status = WEXITSTATUS(status);
      if (WIFSIGNALED(status)) result_.signal = WTERMSIG(status);
    }
    return true;
  }

  /// The program's processes that are this one's children now, living or not.
  std::vector<pid_t> children() const {
    auto all = proc::children(getpid(), getpid());
    std::erase(all, session_leader_);
    return all;
  }

  void name_left_behind() {
    for (const pid_t pid : children())
      if (!proc::is_zombie(pid)) result_.left_behind.push_back(proc::name(pid, pid));
  }

  /// Ends all that the program started, and waits for it. What a killed process had
  /// started becomes a child of this one and is killed in turn.
  void kill_all() {
    for (auto all = children(); !all.empty(); all = children()) {
      for (const pid_t pid : all) kill(pid, SIGKILL);
      reap(0);
    }
  }

  const run_options& options_;
  run result_;
  scratch_directory scratch_{"recorder-"};
  sigset_t old_mask_{};
  descriptor signals_;
  descriptor listener_;
  descriptor to_child_;
  expected_writes expected_;
  std::deque<output> outputs_;
  follower* follow_ = nullptr;
  pid_t program_ = -1;
  pid_t session_leader_ = -1;
  bool running_ = true;
  std::size_t fallback_peak_ = 0;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace

run record(const run_options& options) {
  return session(options).record();
}

}  // namespace recorder
