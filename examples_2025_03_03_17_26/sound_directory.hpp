/// @file
/// @defgroup sound_directory sound_directory.hpp
/// @brief Where the sounds are that `etl` works on; those that are missing are made.
/// @{
#pragma once

#include <string>

#include "program/file_descriptor.hpp"

inline namespace book {

/// The directory of the sounds, in which one program at a time works.
class SoundDirectory {
 public:
  /// Makes the directory if it is missing.
  /// @param path Its path.
  /// @throws std::runtime_error if it cannot be made, or another program works in it.
  explicit SoundDirectory(const std::string& path);

 private:
  program::FileDescriptor lock_;
};

/// The path of a sound, `example-01.wav` and so on.
/// @param directory Where it is.
/// @param number Its number.
std::string sound_path(const std::string& directory, int number);

/// Makes a sound of silence, if there is no such file: a sine of 440 Hz and of no
///   amplitude, at 44.1 kHz.
/// @param path Its path.
/// @param minutes How long it lasts.
/// @return What went wrong; empty if nothing did.
std::string make_sound_if_missing(const std::string& path, double minutes);

}  // namespace book

/// @}
