/// @file
/// @defgroup gaussian_noise gaussian_noise.hpp
/// @brief Gaussian noise, many numbers at a time, with the same bits on every
///   processor.
///
/// Random words come from sixteen generators side by side, and Box and Muller's formula
/// makes two numbers of two words. Logarithm, sine and cosine are polynomials of its
/// own: those of the C library differ from one processor to the next. What is left are
/// operations whose results IEEE 754 prescribes, in an order that does not depend on
/// how many of them an instruction does at once.
/// @{
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

inline namespace book {

/// The instructions that noise is computed with: of 4, 8 or 16 numbers each.
enum class InstructionSet {
  baseline,  ///< SSE2, which every x86-64 has.
  avx2,      ///< AVX2.
  avx512,    ///< AVX-512 F and DQ.
};

/// Those that this processor has, the slowest first.
std::vector<InstructionSet> instruction_sets();

/// `baseline`, `avx2` or `avx512`.
std::string_view name_of(InstructionSet set);

/// The standard deviation of the noise that `etl` adds to sounds.
inline constexpr float noise_deviation = 0.1f;

/// A stream of noise: always the same for the same two numbers.
class GaussianNoise {
 public:
  /// Pieces of a sound, but for the last, are a multiple of this long.
  static constexpr std::size_t block = 32;

  /// Begins a stream.
  /// @param seed The seed of a run.
  /// @param stream The number of a sound within it: streams of different numbers have
  ///   nothing in common.
  /// @param set What to compute with; the noise does not depend on it.
  GaussianNoise(std::uint64_t seed, std::uint64_t stream,
                InstructionSet set = instruction_sets().back());

  /// Adds the stream's next numbers to samples, and clips the sums to ±1.
  /// @param samples A piece of a sound, at any address.
  /// @param deviation The noise's standard deviation.
  /// @throws std::logic_error after a piece whose length is no multiple of `block`.
  void add_to(std::span<float> samples, float deviation);

  /// @cond
  static constexpr int lanes = 16;
  struct alignas(64) State {
    std::array<std::array<std::uint32_t, lanes>, 4> words;
  };
  /// @endcond

 private:
  State state_;
  void (*kernel_)(State& state, float* samples, std::size_t blocks, float deviation);
  bool has_ended_ = false;
};

}  // namespace book

/// @}
