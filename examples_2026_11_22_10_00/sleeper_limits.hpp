/// @file
/// @defgroup sleeper_limits sleeper_limits.hpp
/// @brief How many tasks, and how much memory, the kernel lets a program have.
/// @{
#pragma once

#include "examples_2026_11_22_10_00/sleeper_options.hpp"

inline namespace book {

/// Sets the limits that the options ask for, and that of open files as high as it goes.
///
/// The kernel counts the processes and threads of a user, and for root it does not:
/// with `max_tasks`, root becomes a user that nobody else is.
///
/// @param options The options.
/// @throws std::system_error where a limit cannot be set.
void set_limits(const SleeperOptions& options);

/// Takes the limit of memory back.
/// @throws std::system_error where it cannot be.
void lift_memory_limit();

}  // namespace book

/// @}
