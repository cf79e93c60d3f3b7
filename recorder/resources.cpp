#include "recorder/resources.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace recorder {
namespace {

namespace fs = std::filesystem;

/// Where a controller's groups are: the directory that shows them all, and the group of
/// this process below it.
struct group {
  fs::path top;
  fs::path own;
};

bool has_word(const std::string& words, const std::string& word) {
  std::istringstream text(words);
  for (std::string one; std::getline(text, one, ',');)
    if (one == word) return true;
  return false;
}

/// A path as mountinfo writes it: blanks and some others stand as octal numbers.
fs::path unescaped(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      plain += static_cast<char>(std::stoi(text.substr(i + 1, 3), nullptr, 8));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

/// This process's group, by `/proc/self/cgroup`.
///
/// @param controller as version 1 names it; empty for version 2, which has one tree.
std::optional<std::string> path_of_group(const fs::path& root,
                                         const std::string& controller) {
  std::ifstream file(root / "proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (controller.empty() ? controllers.empty() : has_word(controllers, controller))
      return line.substr(second + 1);
  }
  return std::nullopt;
}

std::optional<group> find_group(const fs::path& root, const std::string& controller) {
  const auto path = path_of_group(root, controller);
  if (!path) return std::nullopt;
  std::ifstream file(root / "proc/self/mountinfo");
  for (std::string line; std::getline(file, line);) {
    // id parent device root mount-point options [more]... - type source super-options
    std::istringstream text(line);
    const std::vector<std::string> words{std::istream_iterator<std::string>(text), {}};
    const auto dash = std::find(words.begin(), words.end(), "-");
    if (words.size() < 6 || words.end() - dash < 4) continue;
    const bool is_it = controller.empty()
                           ? dash[1] == "cgroup2"
                           : dash[1] == "cgroup" && has_word(dash[3], controller);
    if (!is_it) continue;
    const fs::path top = root / unescaped(words[4]).relative_path();
    // A container may see its own group at the top, or none above it.
    const fs::path below = fs::path(*path).lexically_relative(unescaped(words[3]));
    const bool is_outside = below.empty() || *below.begin() == "..";
    return group{top, is_outside ? top : (top / below).lexically_normal()};
  }
  return std::nullopt;
}

/// Calls @p read with the directory of each group from a process's own to the top.
template <typename Read>
void for_each_group(const std::optional<group>& of, const Read& read) {
  if (!of) return;
  const fs::path top = (of->top / "").lexically_normal();
  for (fs::path at = (of->own / "").lexically_normal();;
       at = at.parent_path().parent_path() / "") {
    read(at);
    if (at == top || at == at.root_path()) return;
  }
}

/// A number in a file; nothing where there is none (`max`, or no file).
template <typename Number>
std::optional<Number> number_in(const fs::path& path) {
  std::ifstream file(path);
  Number value{};
  if (!(file >> value)) return std::nullopt;
  return value;
}

template <typename Number>
void lower(std::optional<Number>& limit, std::optional<Number> other) {
  if (other && *other > 0 && (!limit || *other < *limit)) limit = other;
}

/// How many cores this process may run on.
std::size_t cores_of_affinity() {
  // As many as the kernel can know of; it refuses a set that is too small for that.
  constexpr int most = 1 << 20;
  for (int cores = CPU_SETSIZE; cores <= most; cores *= 2) {
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

group_limits limits_of_groups(const fs::path& root) {
  group_limits limits;
  for_each_group(find_group(root, ""), [&](const fs::path& at) {
    std::ifstream file(at / "cpu.max");
    double quota = 0, period = 0;
    if (file >> quota >> period && period > 0)
      lower(limits.cores, std::optional(quota / period));
    lower(limits.memory_bytes, number_in<std::size_t>(at / "memory.max"));
  });
  for_each_group(find_group(root, "cpu"), [&](const fs::path& at) {
    const auto quota = number_in<double>(at / "cpu.cfs_quota_us");  // -1: none
    const auto period = number_in<double>(at / "cpu.cfs_period_us");
    if (quota && period && *period > 0)
      lower(limits.cores, std::optional(*quota / *period));
  });
  for_each_group(find_group(root, "memory"), [&](const fs::path& at) {
    lower(limits.memory_bytes, number_in<std::size_t>(at / "memory.limit_in_bytes"));
  });
  return limits;
}

std::size_t usable_cores(const group_limits& limits) {
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

std::size_t usable_memory_bytes(const group_limits& limits) {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page = sysconf(_SC_PAGESIZE);
  if (pages <= 0 || page <= 0)
    throw std::system_error(errno, std::generic_category(), "sysconf");
  const std::size_t all =
      static_cast<std::size_t>(pages) * static_cast<std::size_t>(page);
  return std::min(all, limits.memory_bytes.value_or(all));
}

}  // namespace recorder
