/// @file
/// What this machine, container or user may still take: memory, processes, descriptors,
/// cores. Each is the smallest of what the kernel, the control groups (version 1 or 2)
/// and the limits of the user say; what does not exist does not count.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace measurements {

/// Bytes of memory that programs can still take.
/// @param root Where `/proc` and `/sys` are found; another one in tests.
std::uint64_t available_memory(const std::filesystem::path& root = "/");

/// Checks for memory before it is taken: the kernel ends programs where it runs out.
/// @param bytes What is needed, about.
/// @throws NotMeasured if less is available; it says how much.
void need_memory(double bytes);

/// How many processes and threads the kernel would give in all; it harms nobody to take
/// a third of them.
/// @param root As for available_memory().
std::uint64_t max_kernel_tasks(const std::filesystem::path& root = "/");

/// Raises this process's limit of open files as far as it may, and returns it.
std::uint64_t raise_open_files();

/// The cores that this process may run on, by their numbers.
std::vector<int> allowed_cores();

/// A number that the kernel has in a file.
/// @return 0 if there is no such file, or it has no number (`max`).
std::uint64_t kernel_number(const std::string& file);

/// A number of bytes that the kernel gives in kB, in a file like `/proc/meminfo`.
/// @param name Such as `MemAvailable`.
/// @return 0 if the file has no such line.
std::uint64_t kernel_bytes(const std::string& file, const std::string& name);

}  // namespace measurements
