#pragma once

/// @file
/// Signals that are read rather than handled.

#include <signal.h>

#include "program/file_descriptor.hpp"

namespace recorder {

/// While it lives, this process's signals are read from a descriptor: of a child's end,
/// and those that ask the process itself to end.
///
/// What is ignored, as SIGHUP is after `nohup`, remains so. One object is for one
/// thread, which is the process's only one.
class SignalWatch {
 public:
  /// @throws std::system_error where there is no descriptor to be had.
  SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;
  ~SignalWatch();

  /// Becomes readable when a signal has come.
  int file() const { return file_.get(); }

  /// Takes all signals that have come.
  ///
  /// @throws Interrupted where one asks this process to end.
  void take();

 private:
  sigset_t old_mask_{};
  program::FileDescriptor file_;
};

}  // namespace recorder
