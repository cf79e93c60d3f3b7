/// @file
/// @defgroup primes primes.hpp
/// @brief Work for the cores: primes by trial division.
///
/// Ports the functions that `ex_parallelization.py` computes with. The original counts
/// 1 as a prime, and so its answers are one place off.
/// @{
#pragma once

inline namespace book {

/// Whether a number is a prime: divides it by every number up to its root.
/// @param number Less than 2^30.
inline bool is_prime(unsigned number) {
  for (unsigned divisor = 2; divisor * divisor <= number; ++divisor)
    if (number % divisor == 0) return false;
  return number > 1;
}

/// The nth prime, found by counting from the start: the first one is 2.
/// @param n Which one; positive, and less than 50 million.
inline unsigned nth_prime(unsigned n) {
  unsigned number = 1;
  while (n > 0)
    if (is_prime(++number)) --n;
  return number;
}

}  // namespace book

/// @}
