/// @file
/// @defgroup one_and_two_threads one_and_two_threads.hpp
/// @brief Two pieces of work on one thread, and then on two.
/// @{
#pragma once

#include <functional>
#include <string>

inline namespace book {

/// Does two pieces of work on the thread that calls, then one on each of two.
///
/// Prints both times, and how many times as fast two threads were. Perfect are 2 where
/// there are two cores, and 1 is no gain.
///
/// @param piece Does one piece. It gets the name of the thread that it runs on, `main`,
///   `first` or `second`, and returns its result. It is called on two threads at once.
/// @throws std::logic_error if not all pieces had the same result.
void one_and_two_threads(
    const std::function<long long(const std::string& thread)>& piece);

}  // namespace book

/// @}
