#include "examples_2026_11_22_10_00/sleeper_limits.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <system_error>

#include "program/proc.hpp"

inline namespace book {

namespace {

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

// The kernel counts those of a user, and for root it does not.
void become_a_user_of_its_own() {
  const auto nobody_else = static_cast<::uid_t>(1'000'000'000 + ::getpid());
  if (::setresuid(nobody_else, nobody_else, nobody_else) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot leave root");
  ::prctl(PR_SET_DUMPABLE, 1);  // /proc/self belongs to that user, too
}

}  // namespace

void set_limits(const SleeperOptions& options) {
  set_limit(RLIMIT_NOFILE, RLIM_INFINITY);  // a process has a descriptor
  if (options.max_tasks != 0) {
    if (::geteuid() == 0) become_a_user_of_its_own();
    set_limit(RLIMIT_NPROC, tasks_of(::geteuid()) + options.max_tasks);
  }
  if (options.megabytes != 0) {
    const auto used = program::proc::bytes_in("/proc/self/status", "VmSize");
    if (!used) throw std::runtime_error("/proc/self/status has no VmSize");
    set_limit(RLIMIT_AS, *used + options.megabytes * 1'000'000);
  }
}

void lift_memory_limit() {
  set_limit(RLIMIT_AS, RLIM_INFINITY);
}

}  // namespace book
