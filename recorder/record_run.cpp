#include "recorder/record_run.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <deque>
#include <filesystem>
#include <optional>
#include <utility>

#include "program/file_descriptor.hpp"
#include "program/proc.hpp"
#include "program/system_error.hpp"
#include "program/temporary_directory.hpp"
#include "recorder/grace_period.hpp"
#include "recorder/output_reader.hpp"
#include "recorder/pseudo_terminal.hpp"
#include "recorder/signal_watch.hpp"
#include "recorder/system_calls.hpp"
#include "recorder/thread_sampler.hpp"
#include "recorder/waiting_program.hpp"

namespace recorder {
namespace {

using program::FileDescriptor;
using program::throw_on_error;
namespace proc = program::proc;

/// Looking at the threads takes at most this share of the time.
constexpr double max_sampling_share = 0.05;

void make_non_blocking(const FileDescriptor& file) {
  const int flags = throw_on_error(fcntl(file.get(), F_GETFL), "fcntl");
  throw_on_error(fcntl(file.get(), F_SETFL, flags | O_NONBLOCK), "fcntl");
}

/// How long the program may have waited so far for what is not its own, in seconds: the
/// recorder, and the machine's host.
double waited_beside() {
  const auto own = proc::usage(getpid(), getpid()).value_or(proc::Usage{});
  return static_cast<double>(own.runnable_nanoseconds) * 1e-9 +
         proc::core_seconds().stolen;
}

double in_seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

/// One run, from fork to the last byte.
class Session {
 public:
  explicit Session(const RunOptions& options) : options_(options) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  ~Session() {
    kill_all();
    if (session_leader_ > 0) {
      kill(session_leader_, SIGKILL);
      waitpid(session_leader_, nullptr, 0);
    }
  }

  Run record() {
    result_.terminal = options_.terminal;
    result_.program = std::filesystem::path(options_.command.front())
                          .filename()
                          .string()
                          .substr(0, 15);
    // Processes whose parent ends become this process's children: none gets away.
    throw_on_error(prctl(PR_SET_CHILD_SUBREAPER, 1), "prctl");
    WaitingProgram program = prepare();
    ThreadSampler sampler(result_.threads, program_, options_.sample_threads);
    sampler_ = &sampler;
    const double waited_before = waited_beside();
    began_ = result_.began = std::chrono::steady_clock::now();
    program.begin();
    watch();
    sampler.finish(now(), result_.wall_seconds);
    result_.waited_seconds = waited_beside() - waited_before;
    for (const auto& thread : result_.threads)
      result_.waited_seconds += thread.runnable_seconds;
    result_.peak_memory_bytes =
        sampler.peak_memory() > 0 ? sampler.peak_memory() : fallback_peak_;
    // Through pipes, standard output and error are read apart.
    std::stable_sort(result_.lines.begin(), result_.lines.end(),
                     [](const Line& a, const Line& b) { return a.time < b.time; });
    return std::move(result_);
  }

 private:
  /// Seconds since the program's start.
  double now() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_)
        .count();
  }

  WaitingProgram prepare() {
    const StandardFiles files = open_standard_files();
    WaitingProgram program(options_, scratch_.path(), files);
    program_ = program.pid();
    session_leader_ = program.session_leader();
    reports_ = program.take_reports();
    if (!options_.report_calls)
      result_.writers_note = "the kernel was not asked to report system calls";
    else if (!reports_)
      result_.writers_note = fmt::format("the kernel does not report system calls ({})",
                                         std::strerror(program.reports_error()));
    return program;
  }

  /// Opens what is to be the program's standard descriptors, and reads the other ends.
  StandardFiles open_standard_files() {
    StandardFiles files;
    if (options_.terminal) {
      auto [ours, theirs] = open_pseudo_terminal();
      outputs_.emplace_back(std::move(ours), "", expected_);
      files.terminal = std::move(theirs);
    } else {
      auto output = program::make_pipe(), error = program::make_pipe();
      outputs_.emplace_back(std::move(output.reader), "stdout", expected_);
      outputs_.emplace_back(std::move(error.reader), "stderr", expected_);
      files.input = program::open_file("/dev/null", O_RDONLY);
      files.output = std::move(output.writer);
      files.error = std::move(error.writer);
    }
    for (auto& output : outputs_) make_non_blocking(output.file);
    return files;
  }

  /// Takes note of all that happens, until the program and all that it started have
  /// ended.
  void watch() {
    double next_look = 0;
    std::optional<GracePeriod> given;  // since the program itself ended
    while (true) {
      if (!running_) {
        if (!given) given.emplace(now());
        const auto left = children();
        if (left.empty()) break;
        if (given->is_over(left, now())) {
          name_left_behind();
          break;
        }
      } else if (now() > options_.timeout.count()) {
        result_.timed_out = true;
        if (options_.sample_threads) sampler_->look(now());
        kill_all();
        continue;
      }
      if (options_.sample_threads && now() >= next_look) next_look = sample();
      const double until = options_.sample_threads ? next_look : now() + 0.1;
      wait_for_event(std::max(0.0, std::min(until, now() + 0.1) - now()));
    }
    // Who is left now was given its time; then the rest of the output can be read.
    kill_all();
    for (auto& output : outputs_) output.read(result_.lines, now());
  }

  /// Looks at all threads.
  ///
  /// @return when to do so next, in seconds since the program's start.
  double sample() {
    const double begin = now();
    sampler_->look(begin);
    const double cost = now() - begin;
    return begin + std::max(std::chrono::duration<double>(options_.period).count(),
                            cost / max_sampling_share);
  }

  /// Waits until something happens, for this many seconds at most, and takes note.
  void wait_for_event(double seconds) {
    std::vector<pollfd> files{{signals_.file(), POLLIN, 0}};
    if (reports_) files.push_back({reports_.get(), POLLIN, 0});
    for (auto& output : outputs_)
      if (output.file) files.push_back({output.file.get(), POLLIN, 0});
    const auto whole = static_cast<time_t>(seconds);
    const timespec time{
        whole, static_cast<long>((seconds - static_cast<double>(whole)) * 1e9)};
    if (ppoll(files.data(), files.size(), &time, nullptr) < 0 && errno != EINTR)
      program::throw_errno("poll");
    const auto ready = [&](int file) -> short {
      const auto found = std::find_if(files.begin(), files.end(),
                                      [&](const pollfd& f) { return f.fd == file; });
      return found == files.end() ? short{0} : found->revents;
    };
    // A write is noted before its bytes can come out, so it is taken first.
    if (const short events = ready(reports_.get()); events & POLLIN)
      take_system_call();
    else if (events & (POLLHUP | POLLERR))
      reports_.reset();
    for (auto& output : outputs_)
      if (ready(output.file.get()) && !output.read(result_.lines, now()))
        output.file.reset();
    if (ready(signals_.file())) {
      signals_.take();
      while (reap(WNOHANG)) continue;
    }
  }

  void take_system_call() {
    unsigned long long id = 0;
    auto call = next_system_call(reports_.get(), id);
    if (!call) return;
    const double time = now();
    switch (call->kind) {
      case SystemCall::Kind::write:
        expect_write(*call, time);
        break;
      case SystemCall::Kind::start:
        sampler_->starts(call->tid, time);
        break;
      case SystemCall::Kind::thread_exit:
        sampler_->ends(call->tid, time);
        break;
      case SystemCall::Kind::process_exit:
        sampler_->process_ends(call->tid, time);
        break;
    }
    let_go_on(reports_.get(), id);
  }

  void expect_write(SystemCall& call, double time) {
    constexpr std::size_t max_expected = 4096;  // what went elsewhere must not pile up
    if (call.refused != 0)
      result_.writers_note =
          fmt::format("the kernel does not let the recorder see what is written ({})",
                      std::strerror(call.refused));
    if (call.data.empty()) return;
    expected_.push_back(
        {sampler_->look_at(call.tid, time), time, call.file, std::move(call.data)});
    if (expected_.size() > max_expected) expected_.pop_front();
  }

  /// Takes note of a child that ended.
  ///
  /// @return whether there was one.
  bool reap(int flags) {
    int status = 0;
    rusage used{};
    const pid_t pid = wait4(-1, &status, flags, &used);
    if (pid <= 0) return false;
    // What a process used includes what its own children did, if it waited for them.
    result_.user_seconds += in_seconds(used.ru_utime);
    result_.system_seconds += in_seconds(used.ru_stime);
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

  const RunOptions& options_;
  Run result_;
  SignalWatch signals_;
  program::TemporaryDirectory scratch_{"recorder-"};
  FileDescriptor reports_;
  ExpectedWrites expected_;
  std::deque<OutputReader> outputs_;
  ThreadSampler* sampler_ = nullptr;
  pid_t program_ = -1;
  pid_t session_leader_ = -1;
  bool running_ = true;
  std::size_t fallback_peak_ = 0;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace

Run record_run(const RunOptions& options) {
  return Session(options).record();
}

}  // namespace recorder
