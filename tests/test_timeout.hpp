#pragma once

/// @file
/// How long tests wait.

#include <chrono>
#include <thread>

/// How long a test waits for what comes in any case: longer than the busiest machine
/// takes, so that only what hangs meets it.
constexpr std::chrono::minutes test_timeout(5);

/// For calls that take a number of milliseconds.
constexpr int milliseconds(std::chrono::milliseconds time) {
  return static_cast<int>(time.count());
}

/// Looks again and again whether a condition holds, for what wakes nobody; false if it
/// does not before test_timeout ends.
template <class Condition>
bool soon(const Condition& condition) {
  const auto limit = std::chrono::steady_clock::now() + test_timeout;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > limit) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}
