#include "examples_2017_09_09_12_16/available_cores.hpp"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstddef>
#include <vector>

#include "program/control_groups.hpp"
#include "program/system_error.hpp"

inline namespace book {

namespace fs = std::filesystem;

namespace {

int cores_in_affinity_mask() {
  // The kernel refuses a mask that is too short for the cores that it could have.
  for (std::vector<::cpu_set_t> mask(1);; mask.resize(2 * mask.size())) {
    const std::size_t bytes = mask.size() * sizeof(::cpu_set_t);
    if (::sched_getaffinity(0, bytes, mask.data()) == 0)
      return CPU_COUNT_S(bytes, mask.data());
    if (errno != EINVAL || mask.size() > 1024)
      program::throw_errno("cannot read the affinity mask");
  }
}

}  // namespace

std::optional<double> cpu_quota(const fs::path& root) {
  std::optional<double> smallest;
  for (const program::ControlGroups& groups : program::control_groups("cpu", root)) {
    if (groups.is_outside) continue;
    for (const fs::path& directory : groups.directories)
      if (const auto quota = program::cpu_quota_of(directory))
        smallest = std::min(*quota, smallest.value_or(*quota));
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
