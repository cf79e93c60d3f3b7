#include "recorder/group_limits.hpp"

#include <algorithm>

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
    for (const auto& group : groups.directories)
      if (const auto cores = program::cpu_quota_of(group)) lower(limits.cores, *cores);
  for (const auto& groups : program::control_groups("memory", root))
    for (const auto& group : groups.directories)
      lower_memory(limits.memory_bytes, group);
  return limits;
}

}  // namespace recorder
