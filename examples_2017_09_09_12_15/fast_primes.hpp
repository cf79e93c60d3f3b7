/// @file
/// @defgroup fast_primes fast_primes.hpp
/// @brief The nth prime again, faster: by other divisions, by several at once, by a
///   sieve.
/// @{
#pragma once

inline namespace book {

/// The nth prime by the same divisions as nth_prime(), but of floats.
///
/// A processor divides floats faster than integers. The quotient of two integers below
/// 2^24 is rounded, but never to an integer that it is not.
///
/// @param n Which one; positive, and at most a million.
unsigned nth_prime_by_floats(unsigned n);

/// The nth prime by the same divisions, several at once.
///
/// A number is divided by four, eight or sixteen divisors at once, as the processor
/// can.
///
/// @param n Which one; positive, and at most 290'000.
/// @param widest Registers of more bytes than this are not used; at least 16.
unsigned nth_prime_by_vectors(unsigned n, int widest = 64);

/// The nth prime by another algorithm: the sieve of Eratosthenes.
/// @param n Which one; positive, and at most 50 million.
unsigned nth_prime_by_sieve(unsigned n);

}  // namespace book

/// @}
