#pragma once

/// @file
/// What of the machine this process may use.

#include <cstddef>
#include <filesystem>
#include <optional>

namespace recorder {

/// What a process may use, as far as its control groups say.
struct group_limits {
  std::optional<double>
      cores;  ///< The CPU quota, in cores; nothing where there is none.
  std::optional<std::size_t> memory_bytes;
};

/// The tightest limits of this process's control groups, of version 1 or 2, and of the
/// groups that they are in, as far as they can be seen.
///
/// @param root where `/proc` and `/sys` are looked for.
group_limits limits_of_groups(const std::filesystem::path& root = "/");

/// The cores that this process may use: those that it may run on, but no more than its
/// CPU quota is worth, rounded up. At least 1.
std::size_t usable_cores(const group_limits& limits);

/// Whether some of the machine's cores are threads of one core, which share what
/// computes in it. A virtual machine may hide that.
///
/// @param root where `/sys` is looked for.
bool share_a_core(const std::filesystem::path& root = "/");

/// The memory that this process may use: the machine's, or what its control groups
/// leave of that.
std::size_t usable_memory_bytes(const group_limits& limits);

}  // namespace recorder
