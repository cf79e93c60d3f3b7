#pragma once

/// @file
/// Starts a program in two steps, so that it can be watched from its first instruction
/// on.

#include <sys/types.h>

#include <string>
#include <utility>

#include "program/file_descriptor.hpp"
#include "recorder/record_run.hpp"

namespace recorder {

/// What a program's standard descriptors are to be: a terminal for all three, or three
/// files.
struct StandardFiles {
  program::FileDescriptor terminal;  ///< None where the program gets the others.
  program::FileDescriptor input, output, error;
};

/// A child of this process that waits for becoming the program.
///
/// If it is to have a terminal, the program is the foreground job of a session, as from
/// a shell, and the session's leader is another child of this process: both are the
/// caller's to end and to wait for.
class WaitingProgram {
 public:
  /// @param options   what to run; must outlive the object.
  /// @param directory where the program is to run; its `HOME` and `TMPDIR`.
  /// @throws std::system_error where the child can't be made ready.
  WaitingProgram(const RunOptions& options, const std::string& directory,
                 const StandardFiles& files);

  /// Lets it become the program.
  ///
  /// @throws std::system_error where it can't.
  void begin();

  pid_t pid() const { return pid_; }

  /// The process that leads its session; -1 where it has no terminal.
  pid_t session_leader() const { return session_leader_; }

  /// Where the kernel reports its calls; none where it doesn't.
  program::FileDescriptor take_reports() { return std::move(reports_); }

  /// Why the kernel reports none, as a number of errno; 0 where nobody asked it to.
  int reports_error() const { return reports_error_; }

 private:
  pid_t pid_ = -1;
  pid_t session_leader_ = -1;
  program::FileDescriptor reports_;
  int reports_error_ = 0;
  program::FileDescriptor socket_;
};

}  // namespace recorder
