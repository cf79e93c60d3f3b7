/// @file
/// @defgroup collatz collatz.hpp
/// @brief The work of this folder's programs: it computes, and waits for nothing.
/// @{
#pragma once

inline namespace book {

/// Counts the steps that numbers take down to 1.
///
/// An even number is halved, an odd one is multiplied by 3 and 1 is added, until it is
/// 1 (the Collatz problem). No step can begin before the one before it is done, and
/// none touches memory: what such a loop takes is the time of one core.
///
/// @param last The numbers are 1 to this one.
/// @return The steps of all of them together.
inline long long collatz_steps(long long last) {
  long long steps = 0;
  for (long long number = 2; number <= last; ++number)
    for (long long n = number; n != 1; ++steps) n = n % 2 == 0 ? n / 2 : 3 * n + 1;
  return steps;
}

}  // namespace book

/// @}
