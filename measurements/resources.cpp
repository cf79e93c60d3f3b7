#include "measurements/resources.hpp"

#include <fmt/core.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <initializer_list>
#include <limits>
#include <string_view>
#include <system_error>

#include "measurements/figure.hpp"
#include "program/control_groups.hpp"
#include "program/proc.hpp"
#include "program/system_error.hpp"

namespace measurements {
namespace {

constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

std::uint64_t limit_of(__rlimit_resource what) {
  ::rlimit limit{};
  program::throw_on_error(::getrlimit(what, &limit), "getrlimit");
  return limit.rlim_cur == RLIM_INFINITY ? no_limit : limit.rlim_cur;
}

std::uint64_t number_or_no_limit(const std::string& file) {
  const std::uint64_t number = kernel_number(file);
  return number == 0 ? no_limit : number;
}

/// The directories of this process's control groups that count one thing, from its own
/// to the topmost.
std::vector<std::filesystem::path> groups_of(std::string_view controller,
                                             const std::filesystem::path& root) {
  std::vector<std::filesystem::path> directories;
  for (const program::ControlGroups& groups : program::control_groups(controller, root))
    directories.insert(directories.end(), groups.directories.begin(),
                       groups.directories.end());
  return directories;
}

/// What a control group's file of lines such as `inactive_file 4096` says.
std::uint64_t sum_in(const std::string& file,
                     std::initializer_list<std::string_view> names) {
  std::uint64_t sum = 0;
  for (const std::string_view name : names)
    sum += program::proc::field_in(file, name).value_or(0);
  return sum;
}

std::uint64_t left_of(std::uint64_t limit, std::uint64_t used) {
  return limit == no_limit ? no_limit : limit - std::min(limit, used);
}

std::uint64_t memory_of_groups(const std::filesystem::path& root) {
  std::uint64_t least = no_limit;
  for (const std::filesystem::path& group : groups_of("memory", root)) {
    const std::uint64_t limit =
        std::min(number_or_no_limit(group / "memory.max"),
                 number_or_no_limit(group / "memory.limit_in_bytes"));
    if (limit == no_limit) continue;
    // What was read from files is given back when memory is wanted.
    const std::uint64_t used = std::max(kernel_number(group / "memory.current"),
                                        kernel_number(group / "memory.usage_in_bytes"));
    const std::string stat = group / "memory.stat";
    const std::uint64_t cached =
        std::max(sum_in(stat, {"inactive_file", "active_file"}),
                 sum_in(stat, {"total_inactive_file", "total_active_file"}));
    least = std::min(least, left_of(limit, used - std::min(used, cached)));
  }
  return least;
}

std::string gigabytes(double bytes) {
  return fmt::format("{:.1f} GB", bytes * 1e-9);
}

}  // namespace

std::uint64_t kernel_number(const std::string& file) {
  return program::proc::number_in(file).value_or(0);
}

std::uint64_t kernel_bytes(const std::string& file, const std::string& name) {
  return program::proc::bytes_in(file, name).value_or(0);
}

std::uint64_t available_memory(const std::filesystem::path& root) {
  const std::uint64_t free = kernel_bytes(root / "proc/meminfo", "MemAvailable");
  // A program that is started has the limit for itself.
  return std::min({free == 0 ? no_limit : free, memory_of_groups(root),
                   limit_of(RLIMIT_AS), limit_of(RLIMIT_DATA)});
}

void need_memory(double bytes) {
  const auto available = static_cast<double>(available_memory());
  if (bytes > available)
    throw NotMeasured(fmt::format("it needs about {} of memory, and {} is available",
                                  gigabytes(bytes), gigabytes(available)));
}

std::uint64_t max_kernel_tasks(const std::filesystem::path& root) {
  std::uint64_t tasks = no_limit;
  for (const char* file : {"proc/sys/kernel/pid_max", "proc/sys/kernel/threads-max",
                           "proc/sys/vm/max_map_count"})
    tasks = std::min(tasks, number_or_no_limit(root / file));
  // The kernel does not hold root to it.
  if (::geteuid() != 0) tasks = std::min(tasks, limit_of(RLIMIT_NPROC));
  for (const std::filesystem::path& group : groups_of("pids", root))
    tasks = std::min(tasks, left_of(number_or_no_limit(group / "pids.max"),
                                    kernel_number(group / "pids.current")));
  return tasks;
}

std::uint64_t raise_open_files() {
  ::rlimit limit{};
  program::throw_on_error(::getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
  // Root may have more than the hard limit that it was given, where the container lets
  // it; if not, the hard limit is what there is.
  if (const std::uint64_t most = kernel_number("/proc/sys/fs/nr_open"); most > 0) {
    const ::rlimit more{most, most};
    if (most > limit.rlim_max && ::setrlimit(RLIMIT_NOFILE, &more) == 0) return most;
  }
  limit.rlim_cur = limit.rlim_max;
  program::throw_on_error(::setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
  return limit_of(RLIMIT_NOFILE);
}

std::vector<int> allowed_cores() {
  // The set grows until it is as large as the kernel's own.
  for (int size = CPU_SETSIZE;; size *= 2) {
    ::cpu_set_t* set = CPU_ALLOC(static_cast<std::size_t>(size));
    if (!set) throw std::bad_alloc();
    const std::size_t bytes = CPU_ALLOC_SIZE(static_cast<std::size_t>(size));
    CPU_ZERO_S(bytes, set);
    const bool fits = ::sched_getaffinity(0, bytes, set) == 0;
    const int error = errno;
    std::vector<int> cores;
    for (int core = 0; fits && core < size; ++core)
      if (CPU_ISSET_S(static_cast<std::size_t>(core), bytes, set))
        cores.push_back(core);
    CPU_FREE(set);
    if (fits) return cores;
    if (error != EINVAL || size > 1 << 20)
      throw std::system_error(error, std::generic_category(), "sched_getaffinity");
  }
}

}  // namespace measurements
