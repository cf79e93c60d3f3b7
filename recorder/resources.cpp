#include "recorder/resources.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <fstream>
#include <memory>
#include <new>
#include <string>
#include <system_error>
#include <thread>

#include "program/system_error.hpp"

namespace recorder {

namespace fs = std::filesystem;

namespace {

/// How many cores this process may run on.
std::size_t cores_of_affinity() {
  // As many as the kernel can know of; it refuses a set that is too small for that.
  constexpr int max_cores = 1 << 20;
  for (int cores = CPU_SETSIZE; cores <= max_cores; cores *= 2) {
    const std::unique_ptr<cpu_set_t, void (*)(cpu_set_t*)> set(
        CPU_ALLOC(static_cast<std::size_t>(cores)), [](cpu_set_t* s) { CPU_FREE(s); });
    if (!set) throw std::bad_alloc();
    const std::size_t size = CPU_ALLOC_SIZE(static_cast<std::size_t>(cores));
    if (sched_getaffinity(0, size, set.get()) == 0)
      return static_cast<std::size_t>(CPU_COUNT_S(size, set.get()));
    if (errno != EINVAL) break;
  }
  return std::thread::hardware_concurrency();
}

}  // namespace

std::size_t usable_cores(const GroupLimits& limits) {
  std::size_t cores = cores_of_affinity();
  if (limits.cores)
    cores = std::min(cores, static_cast<std::size_t>(std::ceil(*limits.cores)));
  return std::max<std::size_t>(1, cores);
}

bool share_a_core(const fs::path& root) {
  std::error_code error;
  fs::directory_iterator cores(root / "sys/devices/system/cpu", error);
  for (; !error && cores != fs::directory_iterator(); cores.increment(error)) {
    std::ifstream file(cores->path() / "topology/thread_siblings_list");
    // As in 0-1 or 0,4: of a core with one thread, it is that one's number.
    if (std::string threads;
        std::getline(file, threads) && threads.find_first_of("-,") != std::string::npos)
      return true;
  }
  return false;
}

std::size_t usable_memory_bytes(const GroupLimits& limits) {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page = sysconf(_SC_PAGESIZE);
  if (pages <= 0 || page <= 0) program::throw_errno("sysconf");
  const std::size_t all =
      static_cast<std::size_t>(pages) * static_cast<std::size_t>(page);
  return std::min(all, limits.memory_bytes.value_or(all));
}

}  // namespace recorder
