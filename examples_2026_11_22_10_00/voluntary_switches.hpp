/// @file
/// @defgroup voluntary_switches voluntary_switches.hpp
/// @brief How often a thread has waited in the kernel.
/// @{
#pragma once

#include <sys/resource.h>

inline namespace book {

/// The voluntary context switches of the thread that calls it, so far.
///
/// The kernel counts one each time that the thread can't go on and leaves its core to
/// others: it sleeps, or waits for data, a lock or another thread. What it counts as
/// involuntary, that its time on the core was up, is not among them.
inline long voluntary_switches() {
  ::rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nvcsw;
}

}  // namespace book

/// @}
