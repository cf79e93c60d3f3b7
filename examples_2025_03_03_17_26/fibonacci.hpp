/// @file
/// @defgroup fibonacci fibonacci.hpp
/// @brief Fibonacci numbers: 0, 1, 1, 2, 3, 5, 8 and so on, each the sum of the two
///   before.
/// @{
#pragma once

#include "examples_2025_03_03_17_26/big_number.hpp"

inline namespace book {

/// A Fibonacci number, by the tutorial's loop: n additions, from the start.
/// @param n Which one, from 0 on.
/// @return The number.
BigNumber fibonacci(int n);

/// The same n additions, without what `BigNumber` does around each of them: the
///   memory for both numbers is there from the start, and their size is counted once.
/// @param n Which one, from 0 on.
/// @return The number.
BigNumber fibonacci_by_limbs(int n);

/// The same number by another algorithm, GMP's own: from F(k) and F(k + 1) follow
///   F(2k) and F(2k + 1), so about log2(n) multiplications do for n additions.
/// @param n Which one, from 0 on.
/// @return The number.
BigNumber fibonacci_by_doubling(int n);

}  // namespace book

/// @}
