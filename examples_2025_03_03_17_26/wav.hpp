/// @file
/// @defgroup wav wav.hpp
/// @brief WAV files of one channel of 32-bit floating-point numbers, read and written
///   piece by piece.
/// @{
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "program/file_descriptor.hpp"

inline namespace book {

/// Reads the samples of a WAV file. Not thread-safe.
class WavReader {
 public:
  /// Opens a file, and finds its samples.
  /// @param path Its path.
  /// @throws std::exception if it cannot be read, or is no such WAV file, or is cut
  ///   short.
  explicit WavReader(const std::string& path);

  /// How many samples there are.
  std::uint32_t samples() const { return samples_; }

  /// How many samples a second has.
  std::uint32_t rate() const { return rate_; }

  /// How many bytes the file has up to the end of the samples.
  std::uint64_t bytes() const { return offset_ + std::uint64_t{samples_} * 4; }

  /// Reads the next samples.
  /// @param samples For the samples, of which there must be so many left.
  /// @throws std::exception if they cannot be read.
  void read(std::span<float> samples);

 private:
  std::size_t read_bytes(std::span<std::byte> bytes);
  void skip_to(std::uint64_t offset);

  std::string failure_;  // what an error begins with
  program::FileDescriptor file_;
  std::uint64_t offset_ = 0;  // of the first sample, in the file
  std::uint32_t samples_ = 0;
  std::uint32_t rate_ = 0;
};

/// Writes a WAV file over an older one, if there is one. Not thread-safe.
class WavWriter {
 public:
  /// Opens a file, and writes its header.
  /// @param path Its path; no link is followed.
  /// @param samples How many samples there will be.
  /// @param rate How many samples a second has.
  /// @throws std::system_error if it cannot be written.
  WavWriter(const std::string& path, std::uint32_t samples, std::uint32_t rate);

  /// Writes the next samples.
  /// @param samples The samples.
  /// @throws std::system_error if they cannot be written.
  void write(std::span<const float> samples);

  /// Cuts off what a longer file had that was written over, and closes.
  /// @return How many bytes the file has.
  /// @throws std::system_error if it cannot be written.
  std::uint64_t close();

 private:
  void write_bytes(std::span<const std::byte> bytes);

  std::string failure_;  // what an error begins with
  program::FileDescriptor file_;
  std::uint64_t bytes_ = 0;
};

}  // namespace book

/// @}
