#include "recorder/group_limits.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "program/control_groups.hpp"
#include "program/proc.hpp"

namespace recorder {

namespace fs = std::filesystem;
namespace proc = program::proc;

namespace {

template <typename Number>
void lower(std::optional<Number>& limit, Number other) {
  if (other > 0 && (!limit || other < *limit)) limit = other;
}

/// A quota of a period, in cores, which limits nothing where one of the two is missing.
void lower_cores(std::optional<double>& limit, std::optional<std::uint64_t> quota,
                 std::optional<std::uint64_t> period) {
  if (quota && period && *period > 0)
    lower(limit, static_cast<double>(*quota) / static_cast<double>(*period));
}

/// Takes the CPU quota of a group, of version 2 or 1.
void lower_cores(std::optional<double>& limit, const fs::path& group) {
  const std::string text = proc::read_start((group / "cpu.max").string());
  std::string_view words = text;
  const auto quota = proc::number_of(proc::next_word(words));
  lower_cores(limit, quota, proc::number_of(proc::next_word(words)));
  lower_cores(limit, proc::number_in((group / "cpu.cfs_quota_us").string()),
              proc::number_in((group / "cpu.cfs_period_us").string()));
}

/// Takes the memory limit of a group, of version 2 or 1.
void lower_memory(std::optional<std::size_t>& limit, const fs::path& group) {
  for (const char* name : {"memory.max", "memory.limit_in_bytes"})
    if (const auto bytes = proc::number_in((group / name).string()))
      lower(limit, static_cast<std::size_t>(*bytes));
}

}  // namespace

GroupLimits limits_of_groups(const fs::path& root) {
  GroupLimits limits;
  for (const auto& groups : program::control_groups("cpu", root))
    for (const auto& group : groups.directories) lower_cores(limits.cores, group);
  for (const auto& groups : program::control_groups("memory", root))
    for (const auto& group : groups.directories)
      lower_memory(limits.memory_bytes, group);
  return limits;
}

}  // namespace recorder
