/// @file
/// @defgroup do_something do_something.hpp
/// @brief The stand-in for work that waits: a call that sleeps.
///
/// Ports the function `do_something` that every script of Corey Schafer's "Python
/// Threading Tutorial" shares.
/// @{
#pragma once

#include <fmt/core.h>

#include <chrono>
#include <string>
#include <thread>

inline namespace book {

/// Says that it starts to sleep, sleeps, and returns that it has slept.
///
/// Any number of threads may call it side by side: its line is written by one call,
/// so the lines of two threads do not mix.
///
/// @param duration How long to sleep, in seconds; `1.1s` converts to it.
/// @return `slept for S second(s)`, with S as short as it can be: 1, 1.1, 5.
/// @throws std::system_error if the line cannot be written.
inline std::string do_something(std::chrono::duration<double> duration) {
  fmt::print("starting to sleep for {} second(s)\n", duration.count());
  std::this_thread::sleep_for(duration);
  return fmt::format("slept for {} second(s)", duration.count());
}

}  // namespace book

/// @}
