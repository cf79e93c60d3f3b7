/// @file
/// @defgroup sounds sounds.hpp
/// @brief The sounds that `etl` works on: made if they are missing, read, transformed,
/// and written.
///
/// A sound is a WAV file of one channel of 32-bit floating-point numbers.
/// @{
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "examples_2025_03_03_17_26/gaussian_noise.hpp"

inline namespace book {

/// One sound, and what to do with it: all that a worker has to know.
struct SoundTask {
  std::string input;         ///< The path of its file.
  std::uint64_t number = 0;  ///< The number of its noise.
  std::uint64_t seed = 0;    ///< The seed of the run.
  bool simple = false;       ///< By libsndfile, and with the standard library's noise.
  InstructionSet instructions = InstructionSet::baseline;  ///< What computes the noise.

  /// `NAME-transformed.wav`, beside the input.
  std::string output() const;

  /// What the output is called until it is whole.
  std::string part() const { return output() + ".part"; }

  /// @cond
  template <class Archive>
  void serialize(Archive& archive) {
    archive(input, number, seed, simple, instructions);
  }
  /// @endcond
};

/// What became of a sound.
struct Transformed {
  std::string failure;      ///< What went wrong; empty if nothing did.
  double seconds = 0;       ///< How long it took.
  std::uint64_t bytes = 0;  ///< Read and written.

  /// @cond
  template <class Archive>
  void serialize(Archive& archive) {
    archive(failure, seconds, bytes);
  }
  /// @endcond
};

/// Reads a sound, adds noise of deviation 0.1 to it, clips it to ±1 and writes
/// it.
///
/// The output has its name when it is whole. An older version is what it is written
/// over, so that is gone if something goes wrong from then on; but it is left alone if
/// the sound cannot be read. What has failed leaves nothing.
///
/// @param task Which sound.
/// @return What became of it.
Transformed transform_sound(const SoundTask& task);

/// The simple way: a whole sound is read and written by libsndfile.
/// @param input The path of its file.
/// @param output The path of the file to write.
/// @param transform What to do with the samples.
/// @return How many bytes were read and written.
/// @throws std::exception if something cannot be read or written.
std::uint64_t transform_simply(const std::string& input, const std::string& output,
                               const std::function<void(std::span<float>)>& transform);

/// The noise of the simple way, by the standard library.
/// @param samples A whole sound.
/// @param seed The seed of the run.
/// @param number The number of the sound.
void add_simple_noise(std::span<float> samples, std::uint64_t seed,
                      std::uint64_t number);

/// The directory of the sounds, in which one program at a time works.
class SoundDirectory {
 public:
  /// Makes the directory if it is missing.
  /// @param path Its path.
  /// @throws std::runtime_error if it cannot be made, or another program works in it.
  explicit SoundDirectory(const std::string& path);
  SoundDirectory(const SoundDirectory&) = delete;
  SoundDirectory& operator=(const SoundDirectory&) = delete;
  ~SoundDirectory();

 private:
  int lock_;
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

/// Removes what workers that were killed have left.
/// @param tasks Those whose workers have ended.
void remove_parts(const std::vector<SoundTask>& tasks);

/// From now on Ctrl-C, and being asked to end, only sets what stop_signal()
/// returns: in this process and in all that it starts from now on.
void stop_on_signals();

/// Has transform_sound() stop where it is, and fail.
void stop();

/// The signal that came; 0 if none has, and -1 after stop().
int stop_signal();

}  // namespace book

/// @}
