/// @file
/// Bytes to a process that answers with one byte, by each of the ways that they could
/// be sent.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "examples_2017_09_09_12_16/process.hpp"
#include "measurements/comparison.hpp"
#include "program/file_descriptor.hpp"

namespace measurements {

/// Memory that a process shares with those that it starts.
class SharedMemory {
 public:
  /// @throws std::system_error if there is none.
  explicit SharedMemory(std::size_t size);
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  ~SharedMemory();

  char* bytes() const { return static_cast<char*>(address_); }

 private:
  std::size_t size_;
  void* address_;
};

/// Sender and receiver, and memory that both keep. For one thread.
class BytesToAProcess {
 public:
  /// @param size Of each message.
  /// @param messages How many are measured by each way. Where it is more than one, one
  ///   more is sent before them, for which both sides take memory that they keep.
  /// @throws std::system_error if there is no process, socket or memory to be had.
  BytesToAProcess(std::size_t size, int messages);
  BytesToAProcess(const BytesToAProcess&) = delete;
  BytesToAProcess& operator=(const BytesToAProcess&) = delete;
  ~BytesToAProcess();

  /// Bytes per second by a stream, by memory that is made for each message, and by the
  /// memory that is kept, in turn.
  Sample rates();

 private:
  void receive();

  const std::string bytes_;
  const int messages_;
  const SharedMemory kept_;
  program::FileDescriptor sender_, receiver_;
  std::optional<Process> process_;
};

}  // namespace measurements
