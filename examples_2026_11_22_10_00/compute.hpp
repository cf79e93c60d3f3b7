/// @file
/// @defgroup compute compute.hpp
/// @brief Work that keeps a core busy.
/// @{
#pragma once

#include <chrono>

inline namespace book {

/// Keeps the core busy, as finding an answer does that is not just waited for.
/// @param duration The CPU time that the calling thread takes, whatever else runs.
void compute(std::chrono::nanoseconds duration);

}  // namespace book

/// @}
