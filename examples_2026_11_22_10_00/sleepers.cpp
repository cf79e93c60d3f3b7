#include "examples_2026_11_22_10_00/sleepers.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "program/command_line.hpp"

inline namespace book {

namespace {

const char* name_of(TaskKind kind) {
  constexpr std::array names{"processes", "threads", "coroutines"};
  return names[static_cast<std::size_t>(kind)];
}

/// A number of bytes that the kernel gives in kB, in `/proc/meminfo` or a file like it.
std::int64_t bytes(const char* file, std::string_view name) {
  std::ifstream lines(file);
  std::int64_t kilobytes = 0;
  for (std::string word; lines >> word;)
    if (word.size() == name.size() + 1 && word.starts_with(name) && lines >> kilobytes)
      return kilobytes * 1024;
  throw std::runtime_error(fmt::format("{} has no {}", file, name));
}

void set_limit(__rlimit_resource what, ::rlim_t value) {
  ::rlimit limit{};
  ::getrlimit(what, &limit);
  limit.rlim_cur = std::min(value, limit.rlim_max);
  if (::setrlimit(what, &limit) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot set a limit");
}

/// The processes and threads of a user.
std::size_t tasks_of(::uid_t user) {
  std::size_t count = 0;
  for (const auto& process : std::filesystem::directory_iterator("/proc")) {
    if (process.is_symlink()) continue;              // such as /proc/self
    std::ifstream lines(process.path() / "status");  // may have ended by now
    ::uid_t owner = user + 1;
    for (std::string word; lines >> word;) {
      std::size_t threads = 0;
      if (word == "Uid:") lines >> owner;
      if (word == "Threads:" && lines >> threads && owner == user) count += threads;
    }
  }
  return count;
}

/// Lets this program have so many more processes or threads. The kernel counts those of
/// a user, and for root it does not: root becomes a user that nobody else is.
void allow_tasks(std::size_t more) {
  if (::geteuid() == 0) {
    const auto nobody_else = static_cast<::uid_t>(1'000'000'000 + ::getpid());
    if (::setresuid(nobody_else, nobody_else, nobody_else) != 0)
      throw std::system_error(errno, std::generic_category(), "cannot leave root");
    ::prctl(PR_SET_DUMPABLE, 1);  // /proc/self belongs to that user, too
  }
  set_limit(RLIMIT_NPROC, tasks_of(::geteuid()) + more);
}

}  // namespace

Sleepers::Sleepers(TaskKind kind, int argc, char** argv, std::uint64_t durations,
                   bool choose_executor)
    : kind_(kind), durations_(durations != 0 ? durations : two_to_the_32nd) {
  std::size_t most = 0;
  std::uint64_t megabytes = 0;
  CLI::App app(fmt::format("Has {} sleep, and counts those that wake.", name_of(kind)));
  app.add_option("--tasks", tasks_, "How many")->check(CLI::Range(1, 10'000'000));
  app.add_option("--seconds", seconds_, "How long the first one sleeps")
      ->check(CLI::Range(0.0, 3600.0));
  app.add_option("--spread", spread_, "How much longer, at most, the others do")
      ->check(CLI::Range(0.0, 3600.0));
  app.add_option("--durations", durations_, "Of how many lengths they sleep")
      ->check(CLI::Range(std::uint64_t{1},
                         durations != 0 ? std::uint64_t{1000} : two_to_the_32nd));
  if (kind == TaskKind::coroutines)
    app.add_option("--megabytes", megabytes, "So much more memory, and then no more")
        ->check(CLI::Range(1, 1'000'000));
  else
    app.add_option("--most", most, "The kernel is to refuse one more than these")
        ->check(CLI::Range(1, 10'000'000));
  if (choose_executor)
    app.add_flag("--type-erased", type_erased_, "With an executor of any type");
  parse_command_line(app, argc, argv);

  set_limit(RLIMIT_NOFILE, RLIM_INFINITY);  // a process has a descriptor
  if (most != 0) allow_tasks(most);
  if (megabytes != 0)
    set_limit(RLIMIT_AS, static_cast<::rlim_t>(bytes("/proc/self/status", "VmSize")) +
                             megabytes * 1'000'000);
  before_ = memory();
  timer_.start();
}

Sleepers::Duration Sleepers::length(std::uint64_t number) const {
  const double share = static_cast<double>(number) / static_cast<double>(durations_);
  return std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>(seconds_ + spread_ * share));
}

void Sleepers::check_machine(std::size_t created) const {
  // To ask takes far longer than to make a coroutine.
  if (created % (kind_ == TaskKind::coroutines ? 65'536 : 1'024) != 0) return;
  if (bytes("/proc/meminfo", "MemAvailable") < bytes("/proc/meminfo", "MemTotal") / 8)
    throw std::runtime_error("the machine's memory runs out");
}

void Sleepers::limit_met(const std::exception& why) {
  set_limit(RLIMIT_AS, RLIM_INFINITY);
  limit_ = why.what();
}

void Sleepers::created(std::size_t created, std::size_t asleep) {
  created_ = created;
  if (!limit_.empty())
    fmt::print("no more than {} {}: {}\n", created, name_of(kind_), limit_);
  fmt::print("{} {} created after {:.3f} s, {} of them asleep at once\n", created,
             name_of(kind_), timer_.wall().count(), asleep);
  taken_ = memory();
}

int Sleepers::woken(std::size_t woken) {
  fmt::print("{} woken after {:.3f} s, with {:.6f} s of CPU time\n", woken,
             timer_.wall().count(), timer_.cpu().count());
  if (kind_ == TaskKind::coroutines) taken_ = memory();  // the most that it ever had

  Memory each{};
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < each.size() && created_ > 0; ++i) {
    // Another program may have freed more than these took.
    each[i] = std::max(taken_[i] - before_[i], std::int64_t{0}) /
              static_cast<std::int64_t>(created_);
    sum += each[i];
  }
  fmt::print("{} bytes of memory each\n", sum);
  if (kind_ != TaskKind::coroutines)
    fmt::print("{} in pages, {} in page tables, {} in kernel stacks, {} in records\n",
               each[0], each[1], each[2], each[3]);
  return woken == tasks_ ? 0 : 1;
}

// Tasks of the kernel take memory that belongs to no process: so the whole machine's is
// looked at. For the others, this process's: before them what it has, with them the
// most that it had.
Sleepers::Memory Sleepers::memory() const {
  if (kind_ == TaskKind::coroutines)
    return {bytes("/proc/self/status", timer_.running() ? "VmHWM" : "VmRSS")};
  return {bytes("/proc/meminfo", "AnonPages"), bytes("/proc/meminfo", "PageTables"),
          bytes("/proc/meminfo", "KernelStack"), bytes("/proc/meminfo", "Slab")};
}

}  // namespace book
