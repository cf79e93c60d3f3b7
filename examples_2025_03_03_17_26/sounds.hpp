/// @file
/// @defgroup sounds sounds.hpp
/// @brief What `etl` does with a sound: it is read, transformed, and written.
/// @{
#pragma once

#include <cstdint>
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

/// Removes what workers that were killed have left.
/// @param tasks Those whose workers have ended.
void remove_parts(const std::vector<SoundTask>& tasks);

}  // namespace book

/// @}
