#pragma once

/// @file
/// Lets runs be made side by side, or one alone.

#include <chrono>

#include "program/file_descriptor.hpp"

namespace recorder {

/// What else may run beside a run.
enum class Company {
  others,  ///< Other runs.
  nobody,  ///< No other run of this recorder; what else the machine does is its own.
};

/// Keeps the company of a run: while it lives, other processes that keep theirs wait.
///
/// All processes that run the same executable take part, wherever they were started.
/// One that is killed keeps nobody waiting. Where the file system knows no locks,
/// nobody waits for anybody.
class KeptCompany {
 public:
  /// Waits until the runs that can't be made meanwhile have ended.
  ///
  /// @param timeout how long to wait: then a run beside others is made all the same.
  /// @throws std::runtime_error where it can't be made alone within that time.
  /// @throws std::system_error where the wait can't be begun.
  explicit KeptCompany(Company what,
                       std::chrono::seconds timeout = std::chrono::minutes(10));

 private:
  program::FileDescriptor lock_;
};

}  // namespace recorder
