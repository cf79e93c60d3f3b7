#pragma once

/// @file
/// What of the machine this process may use.

#include <cstddef>
#include <filesystem>

#include "recorder/group_limits.hpp"

namespace recorder {

/// The cores that this process may use: those that it may run on, but no more than its
/// CPU quota is worth, rounded up. At least 1.
std::size_t usable_cores(const GroupLimits& limits);

/// Whether some of the machine's cores are threads of one core, which share what
/// computes in it. A virtual machine may hide that.
///
/// @param root where `/sys` is looked for.
bool share_a_core(const std::filesystem::path& root = "/");

/// The memory that this process may use: the machine's, or what its control groups
/// leave of that.
std::size_t usable_memory_bytes(const GroupLimits& limits);

}  // namespace recorder
