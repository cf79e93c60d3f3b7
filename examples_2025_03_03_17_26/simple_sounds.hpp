/// @file
/// @defgroup simple_sounds simple_sounds.hpp
/// @brief The simple way of `etl`: libsndfile, and the standard library's noise.
/// @{
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

inline namespace book {

/// Reads a whole sound, transforms and writes it, by libsndfile.
/// @param input The path of its file.
/// @param output The path of the file to write.
/// @param transform What to do with the samples.
/// @return How many bytes were read and written.
/// @throws std::exception if something cannot be read or written.
std::uint64_t transform_simply(const std::string& input, const std::string& output,
                               const std::function<void(std::span<float>)>& transform);

/// Adds noise by the standard library, and clips to ±1.
/// @param samples A whole sound.
/// @param seed The seed of the run.
/// @param number The number of the sound.
void add_simple_noise(std::span<float> samples, std::uint64_t seed,
                      std::uint64_t number);

}  // namespace book

/// @}
