#include "program/run_command.hpp"

#include <fcntl.h>
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
#include <climits>
#include <stdexcept>
#include <utility>

#include "program/file_descriptor.hpp"
#include "program/system_error.hpp"

namespace program {
namespace {

using Clock = std::chrono::steady_clock;

/// What the command does to its descriptors before it begins.
class FileActions {
 public:
  FileActions() {
    throw_on_error_number(::posix_spawn_file_actions_init(&actions_), name);
  }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }

  void open(int file, const char* path, int flags) {
    throw_on_error_number(
        ::posix_spawn_file_actions_addopen(&actions_, file, path, flags, 0), name);
  }
  void duplicate(const FileDescriptor& from, int to) {
    throw_on_error_number(::posix_spawn_file_actions_adddup2(&actions_, from.get(), to),
                          name);
  }
  const ::posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  static constexpr auto name = "posix_spawn_file_actions";
  ::posix_spawn_file_actions_t actions_;
};

/// How the command begins: as from a shell, whatever this process blocks or ignores.
class SpawnAttributes {
 public:
  SpawnAttributes() {
    throw_on_error_number(::posix_spawnattr_init(&attributes_), name);
    ::sigset_t none, all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    int error = ::posix_spawnattr_setsigmask(&attributes_, &none);
    if (error == 0) error = ::posix_spawnattr_setsigdefault(&attributes_, &all);
    if (error == 0)
      error = ::posix_spawnattr_setflags(
          &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (error == 0) return;
    ::posix_spawnattr_destroy(&attributes_);
    throw_on_error_number(error, name);
  }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
  ~SpawnAttributes() { ::posix_spawnattr_destroy(&attributes_); }

  const ::posix_spawnattr_t* get() const { return &attributes_; }

 private:
  static constexpr auto name = "posix_spawnattr";
  ::posix_spawnattr_t attributes_;
};

/// As `execve` wants them: pointers to the texts, and a null pointer at the end.
std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// For `poll`: at least 0.
int milliseconds_until(Clock::time_point end) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
  return static_cast<int>(std::clamp<long long>(left.count(), 0, INT_MAX));
}

/// A child that is killed and waited for, should anything be thrown first.
class Child {
 public:
  explicit Child(::pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ < 0) return;
    kill();
    retry_if_interrupted([&] { return ::waitpid(pid_, nullptr, 0); });
  }

  void kill() {
    // It has not been waited for, so the id is its own, and it is ours to end.
    (void)::kill(pid_, SIGKILL);
  }

  /// @return Its status, as from `waitpid`.
  int wait(::rusage& usage) {
    int status = 0;
    throw_on_error(
        retry_if_interrupted([&] { return ::wait4(pid_, &status, 0, &usage); }),
        "wait4");
    pid_ = -1;
    return status;
  }

 private:
  ::pid_t pid_;
};

/// One of the command's outputs while it is read.
struct Stream {
  FileDescriptor file;
  std::string* text;
};

class Reader {
 public:
  Reader(FileDescriptor output, FileDescriptor error, CommandResult& result,
         std::size_t max_bytes)
      : streams_{Stream{std::move(output), &result.output},
                 Stream{std::move(error), &result.error}},
        result_(result),
        max_bytes_(max_bytes) {}

  /// Reads until both outputs are at their end.
  /// @return Whether they are, in time.
  bool read_all(Clock::time_point end) {
    while (true) {
      std::array<::pollfd, 2> files;
      for (std::size_t i = 0; i < files.size(); ++i)
        files[i] = {streams_[i].file.get(), POLLIN, 0};  // poll() passes over -1
      if (files[0].fd < 0 && files[1].fd < 0) return true;
      const int ready = retry_if_interrupted(
          [&] { return ::poll(files.data(), files.size(), milliseconds_until(end)); });
      if (throw_on_error(ready, "poll") == 0) return false;
      for (std::size_t i = 0; i < files.size(); ++i)
        if (files[i].revents != 0) read_some(streams_[i]);
      // One that writes for ever is no reason to read for ever.
      if (Clock::now() >= end) return false;
    }
  }

 private:
  void read_some(Stream& stream) {
    const auto size = static_cast<std::size_t>(throw_on_error(
        retry_if_interrupted(
            [&] { return ::read(stream.file.get(), buffer_.data(), buffer_.size()); }),
        "read"));
    if (size == 0) return stream.file.reset();
    const std::size_t kept = std::min(size, max_bytes_ - stream.text->size());
    stream.text->append(buffer_.data(), kept);
    if (kept < size) result_.is_truncated = true;
  }

  std::array<Stream, 2> streams_;
  CommandResult& result_;
  std::size_t max_bytes_;
  std::array<char, 65536> buffer_;
};

bool has_ended(const FileDescriptor& process, Clock::time_point end) {
  ::pollfd readable{process.get(), POLLIN, 0};
  return throw_on_error(retry_if_interrupted([&] {
                          return ::poll(&readable, 1, milliseconds_until(end));
                        }),
                        "poll") > 0;
}

double seconds(const ::timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

}  // namespace

std::vector<std::string> environment_without(
    const std::vector<std::string_view>& prefixes) {
  std::vector<std::string> kept;
  for (char** variable = ::environ; *variable; ++variable) {
    const std::string_view text(*variable);
    if (std::none_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return text.starts_with(prefix); }))
      kept.emplace_back(text);
  }
  return kept;
}

CommandResult run_command(const std::vector<std::string>& words,
                          const CommandOptions& options) {
  if (words.empty()) throw std::invalid_argument("a command without a program");
  PipeEnds output = make_pipe(), error = make_pipe();
  FileActions actions;
  actions.open(STDIN_FILENO, "/dev/null", O_RDONLY);
  actions.duplicate(output.writer, STDOUT_FILENO);
  actions.duplicate(error.writer, STDERR_FILENO);
  const SpawnAttributes attributes;
  auto texts = words;
  auto variables = options.environment;
  const auto arguments = pointers_to(texts), environment = pointers_to(variables);

  const auto start = Clock::now();
  const auto end = start + options.timeout;
  ::pid_t pid = -1;
  throw_on_error_number(
      ::posix_spawnp(&pid, arguments[0], actions.get(), attributes.get(),
                     arguments.data(), environment.data()),
      words[0]);
  Child child(pid);
  output.writer.reset();
  error.writer.reset();
  const FileDescriptor process = above_standard(
      FileDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))));
  throw_on_error(process.get(), "pidfd_open");

  CommandResult result;
  Reader reader(std::move(output.reader), std::move(error.reader), result,
                options.max_output_bytes);
  // It may have closed its outputs and go on.
  result.timed_out = !(reader.read_all(end) && has_ended(process, end));
  if (result.timed_out) child.kill();
  ::rusage usage{};
  const int status = child.wait(usage);
  result.wall_seconds = std::chrono::duration<double>(Clock::now() - start).count();
  result.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  result.peak_memory_bytes = static_cast<std::size_t>(usage.ru_maxrss) * 1024;
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return result;
}

}  // namespace program
