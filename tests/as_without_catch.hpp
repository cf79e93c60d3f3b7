#pragma once

/// @file
/// For tests that start processes.

#include <signal.h>

#include <array>
#include <cstddef>

/// Catch2 handles the signals that end a test, and a child would inherit that.
class AsWithoutCatch {
 public:
  AsWithoutCatch() {
    for (std::size_t i = 0; i < signals.size(); ++i) {
      struct ::sigaction standard{};
      standard.sa_handler = SIG_DFL;
      ::sigaction(signals[i], &standard, &old_[i]);
    }
  }
  AsWithoutCatch(const AsWithoutCatch&) = delete;
  AsWithoutCatch& operator=(const AsWithoutCatch&) = delete;
  ~AsWithoutCatch() {
    for (std::size_t i = 0; i < signals.size(); ++i)
      ::sigaction(signals[i], &old_[i], nullptr);
  }

 private:
  static constexpr std::array signals{SIGINT,  SIGILL,  SIGFPE,
                                      SIGSEGV, SIGTERM, SIGABRT};
  std::array<struct ::sigaction, signals.size()> old_{};
};
