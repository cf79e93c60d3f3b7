#pragma once

/// @file
/// Makes one run in a recorder process of its own.

#include <sys/types.h>

#include <optional>

#include "program/file_descriptor.hpp"
#include "recorder/repetition.hpp"
#include "recorder/run_report.hpp"
#include "recorder/run_transcript.hpp"

namespace recorder {

/// A recorder process that makes one run. One object is for one thread.
class RunWorker {
 public:
  /// Forks the process. It ends with this one.
  ///
  /// @throws std::system_error where there are no descriptors or processes to be had.
  RunWorker(const Task& task, bool terminal, const Repetition& how);

  /// Waits for the run's end.
  ///
  /// @return nothing where the process ended early, without a report.
  /// @throws std::system_error where the process can't be waited for.
  std::optional<RunReport> finish();

  /// Whether its run is made on a terminal.
  bool terminal() const { return terminal_; }

 private:
  pid_t pid_ = -1;
  bool terminal_;
  program::FileDescriptor report_;
};

}  // namespace recorder
