#pragma once

/// @file
/// The limits of this process's control groups.

#include <cstddef>
#include <filesystem>
#include <optional>

namespace recorder {

/// What a process may use, as far as its control groups say.
struct GroupLimits {
  /// The CPU quota, in cores; nothing where there is none.
  std::optional<double> cores;
  std::optional<std::size_t> memory_bytes;
};

/// The tightest limits of this process's control groups, of version 1 or 2, and of the
/// groups that they are in, as far as they can be seen.
///
/// @param root where `/proc` and `/sys` are looked for.
GroupLimits limits_of_groups(const std::filesystem::path& root = "/");

}  // namespace recorder
