#include "examples_2017_09_09_12_16/available_cores.hpp"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

inline namespace book {

namespace fs = std::filesystem;

namespace {

// The words of a list like "cpu,cpuacct".
bool has_cpu(const std::string& list) {
  return ("," + list + ",").find(",cpu,") != std::string::npos;
}

// The kernel writes a blank in a path as \040, and so on.
std::string unescaped(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && text.size() - i > 3) {
      int character = 0;
      for (const char digit : text.substr(i + 1, 3))
        character = 8 * character + (digit - '0');
      result += static_cast<char>(character);
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

// A hierarchy of control groups, and this process's place in it.
struct Hierarchy {
  fs::path group;  // as in /proc/self/cgroup
  std::string type;

  // A hierarchy is known in /proc/self/mountinfo by its type and, in the first version,
  // by its controllers.
  bool is_mounted_as(const std::string& mounted, const std::string& options) const {
    return mounted == type && (type == "cgroup2" || has_cpu(options));
  }
};

// Those with a CPU controller, if it is in use: the first version's for it, and the
// second's only one.
std::vector<Hierarchy> hierarchies(const fs::path& root) {
  std::vector<Hierarchy> found;
  std::ifstream file(root / "proc/self/cgroup");
  for (std::string number, controllers, group; std::getline(file, number, ':') &&
                                               std::getline(file, controllers, ':') &&
                                               std::getline(file, group);) {
    if (controllers.empty()) found.push_back({group, "cgroup2"});
    if (has_cpu(controllers)) found.push_back({group, "cgroup"});
  }
  return found;
}

// What the files of a group say, in cores.
std::optional<double> quota_of(const fs::path& directory) {
  double quota = 0, period = 0;
  std::ifstream both(directory / "cpu.max");  // "max 100000" where there is no quota
  if (!both) {
    std::ifstream(directory / "cpu.cfs_quota_us") >> quota;  // -1 where there is none
    both.open(directory / "cpu.cfs_period_us");
    both >> period;
  } else {
    both >> quota >> period;
  }
  if (!both || quota <= 0 || period <= 0) return std::nullopt;
  return quota / period;
}

int cores_in_affinity_mask() {
  // The kernel refuses a mask that is too short for the cores that it could have.
  for (std::vector<::cpu_set_t> mask(1);; mask.resize(2 * mask.size())) {
    const std::size_t bytes = mask.size() * sizeof(::cpu_set_t);
    if (::sched_getaffinity(0, bytes, mask.data()) == 0)
      return CPU_COUNT_S(bytes, mask.data());
    if (errno != EINVAL || mask.size() > 1024)
      throw std::system_error(errno, std::generic_category(),
                              "cannot read the affinity mask");
  }
}

}  // namespace

std::optional<double> cpu_quota(const fs::path& root) {
  const std::vector<Hierarchy> all = hierarchies(root);
  std::optional<double> smallest;
  const auto look_at = [&](const fs::path& directory) {
    if (const auto quota = quota_of(directory))
      smallest = std::min(*quota, smallest.value_or(*quota));
  };
  std::ifstream mounts(root / "proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    // 32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime shared:7 - cgroup cgroup rw,cpu
    std::istringstream words(line);
    std::string skipped, top, point, type, options;
    words >> skipped >> skipped >> skipped >> top >> point;
    while (words >> skipped && skipped != "-") continue;
    words >> type >> skipped >> options;
    for (const Hierarchy& hierarchy : all) {
      if (!hierarchy.is_mounted_as(type, options)) continue;
      // What is mounted can be a part of the hierarchy, from one group on.
      const fs::path below = hierarchy.group.lexically_relative(unescaped(top));
      if (below.empty() || *below.begin() == "..") continue;
      fs::path directory = root / fs::path(unescaped(point)).relative_path();
      look_at(directory);
      for (const fs::path& part : below) look_at(directory /= part);
    }
  }
  return smallest;
}

int available_cores(const fs::path& root) {
  int cores = cores_in_affinity_mask();
  if (const auto quota = cpu_quota(root); quota && *quota < cores)
    cores = static_cast<int>(std::ceil(*quota));
  return std::max(1, cores);
}

}  // namespace book
