/// @file
/// @defgroup available_cores available_cores.hpp
/// @brief How many cores this process may use, which can be fewer than the machine has.
/// @{
#pragma once

#include <filesystem>
#include <optional>

inline namespace book {

/// How many cores' worth of CPU time the control groups of this process allow.
///
/// A control group limits how much CPU time its processes take in each period: with a
/// quota of 150 ms in 100 ms it is as much as one and a half cores give, whichever
/// cores they are. Containers are limited so. The groups above it limit it, too: the
/// smallest quota counts.
///
/// Both versions of control groups are known. A group that this process cannot see (it
/// is outside of the container, or `/proc` is not mounted) does not count. Any thread
/// may call it.
///
/// @param root Where `/proc/self` and the mount points are found; another one in tests.
/// @return The quota in cores, greater than 0; nothing if there is none.
std::optional<double> cpu_quota(const std::filesystem::path& root = "/");

/// How many cores this process may keep busy at once.
///
/// The smaller of two numbers: the cores in the calling thread's affinity mask (which
/// `taskset` sets, or a batch system), and cpu_quota() rounded up.
/// `std::thread::hardware_concurrency` and Python's `os.cpu_count` look at neither. Any
/// thread may call it.
///
/// @param root As for cpu_quota().
/// @return At least 1.
/// @throws std::system_error if the affinity mask cannot be read.
int available_cores(const std::filesystem::path& root = "/");

}  // namespace book

/// @}
