/// @file
/// @defgroup report_finished report_finished.hpp
/// @brief The last line of every program of the chapter.
///
/// Ports the last statement that every script of Corey Schafer's "Python Threading
/// Tutorial" shares.
/// @{
#pragma once

#include <fmt/core.h>

#include <chrono>

inline namespace book {

/// Prints how long the program took: `the program finished after S second(s)`.
///
/// The clock is the steady one: it goes on at its pace when the time of day is set.
///
/// @param start When the program started; S is the time since then, with two decimals.
/// @throws std::system_error if the line cannot be written.
inline void report_finished(std::chrono::steady_clock::time_point start) {
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  fmt::print("the program finished after {:.2f} second(s)\n", taken.count());
}

}  // namespace book

/// @}
