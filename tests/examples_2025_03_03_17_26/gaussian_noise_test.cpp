// The noise: its distribution, and that it never repeats and never depends on anything
// but its two numbers.
#include "examples_2025_03_03_17_26/gaussian_noise.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>
#include <set>
#include <stdexcept>
#include <vector>

#include "tests/catch.hpp"

namespace {

using Samples = std::vector<float>;

Samples noise(std::size_t size, std::uint64_t seed, std::uint64_t stream,
              InstructionSet set = instruction_sets().back(), float deviation = 0.1f) {
  Samples samples(size);
  GaussianNoise(seed, stream, set).add_to(samples, deviation);
  return samples;
}

std::vector<std::uint32_t> bits_of(const Samples& samples) {
  std::vector<std::uint32_t> bits;
  for (const float sample : samples)
    bits.push_back(std::bit_cast<std::uint32_t>(sample));
  return bits;
}

bool same_bits(const Samples& one, const Samples& other) {
  return bits_of(one) == bits_of(other);
}

/// The share of a normal distribution above a multiple of its deviation.
double share_above(double z) {
  return std::erfc(z / std::numbers::sqrt2) / 2;
}

/// Between 0 for two that have nothing in common and 1 for two that are the same.
double correlation(const float* one, const float* other, std::size_t size) {
  double product = 0, squares = 0, other_squares = 0;
  for (std::size_t i = 0; i < size; ++i) {
    product += double{one[i]} * other[i];
    squares += double{one[i]} * one[i];
    other_squares += double{other[i]} * other[i];
  }
  return std::abs(product) / std::sqrt(squares * other_squares);
}

// Five deviations of an estimate over so many samples: by chance, one test in two
// million goes beyond. The seeds are fixed, so that a test passes always or never.
constexpr std::size_t many = 20'000'000;
const double root_of_many = std::sqrt(double{many});

}  // namespace

TEST_CASE("Noise has mean, deviation, skewness and kurtosis of a normal distribution",
          "[gaussian_noise]") {
  double sums[5] = {};
  for (const float sample : noise(many, 1, 1)) {
    double power = 1;
    for (double& sum : sums) {
      sum += power;
      power *= sample / 0.1;
    }
  }
  for (double& sum : sums) sum /= double{many};
  CHECK(std::abs(sums[1]) < 5 / root_of_many);
  CHECK(std::abs(sums[2] - 1) < 5 * std::sqrt(2) / root_of_many);
  CHECK(std::abs(sums[3]) < 5 * std::sqrt(15) / root_of_many);
  CHECK(std::abs(sums[4] - 3) < 5 * std::sqrt(96) / root_of_many);
}

TEST_CASE("As many numbers as a normal distribution has lie in each part of it",
          "[gaussian_noise]") {
  // Sixteenths of a deviation up to four, and what is beyond.
  constexpr int parts = 128;
  std::vector<double> counts(parts + 2);
  for (const float sample : noise(many, 7, 3))
    ++counts[static_cast<std::size_t>(
        std::clamp(std::floor(sample / 0.1 * 16) + parts / 2.0 + 1, 0.0, parts + 1.0))];
  double chi_squared = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double low = i == 0 ? -100 : (static_cast<double>(i) - 1) / 16 - 4;
    const double high = i == parts + 1 ? 100 : static_cast<double>(i) / 16 - 4;
    const double expected = double{many} * (share_above(low) - share_above(high));
    chi_squared += std::pow(counts[i] - expected, 2) / expected;
  }
  const double freedom = parts + 1;
  CHECK(chi_squared < freedom + 5 * std::sqrt(2 * freedom));
  CHECK(chi_squared > freedom - 5 * std::sqrt(2 * freedom));
}

TEST_CASE("The tails are those of a normal distribution, and both alike",
          "[gaussian_noise]") {
  const Samples samples = noise(many, 3, 5);
  for (const double z : {3.0, 3.5, 4.0, 4.5, 5.0}) {
    const double expected = double{many} * share_above(z);
    const auto above = static_cast<double>(std::count_if(
        samples.begin(), samples.end(), [z](float s) { return s > 0.1 * z; }));
    const auto below = static_cast<double>(std::count_if(
        samples.begin(), samples.end(), [z](float s) { return s < -0.1 * z; }));
    CAPTURE(z, expected, above, below);
    CHECK(std::abs(above - expected) < 5 * std::sqrt(expected));
    CHECK(std::abs(below - expected) < 5 * std::sqrt(expected));
  }
  const auto [least, most] = std::minmax_element(samples.begin(), samples.end());
  CHECK(*least < -0.5f);
  CHECK(*most > 0.5f);
  CHECK(*least > -0.656f);
  CHECK(*most < 0.656f);
}

TEST_CASE("A number says nothing of those that follow, nor of their sizes",
          "[gaussian_noise]") {
  const Samples samples = noise(many, 11, 2);
  Samples sizes(many);
  std::transform(samples.begin(), samples.end(), sizes.begin(), [](float sample) {
    return static_cast<float>(sample * sample - 0.01);
  });
  // Both numbers of a pair are 16 apart, and a lane's pairs 32.
  for (const std::size_t later :
       {1u, 2u, 3u, 4u, 8u, 15u, 16u, 17u, 31u, 32u, 48u, 64u, 128u, 2048u, 65536u}) {
    CAPTURE(later);
    CHECK(correlation(samples.data(), &samples[later], many - later) <
          5 / root_of_many);
    CHECK(correlation(sizes.data(), &sizes[later], many - later) < 5 / root_of_many);
  }
}

TEST_CASE("Sums are clipped as often as a normal distribution says",
          "[gaussian_noise]") {
  constexpr std::size_t size = 4'000'000;
  for (const float level : {0.95f, 0.7f, -0.9f}) {
    Samples samples(size, level);
    GaussianNoise(1, 1).add_to(samples, 0.1f);
    const auto clipped = static_cast<double>(
        std::count(samples.begin(), samples.end(), level > 0 ? 1.0f : -1.0f));
    const double share = share_above((1 - std::abs(double{level})) / 0.1);
    CAPTURE(level, clipped, size * share);
    CHECK(std::abs(clipped - size * share) < 5 * std::sqrt(size * share * (1 - share)));
    CHECK(std::all_of(samples.begin(), samples.end(),
                      [](float sample) { return std::abs(sample) <= 1.0f; }));
  }
}

TEST_CASE("The same two numbers give the same bits with all instructions",
          "[gaussian_noise]") {
  for (const std::uint64_t stream : {1u, 2u, 24u}) {
    const Samples expected = noise(1'000'003, 42, stream, InstructionSet::baseline);
    for (const InstructionSet set : instruction_sets()) {
      CAPTURE(name_of(set), stream);
      CHECK(same_bits(noise(1'000'003, 42, stream, set), expected));
    }
  }
}

TEST_CASE("The bits are those of all machines", "[gaussian_noise]") {
  // A change of the noise changes the outputs of everyone's seeds.
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const std::uint32_t bits : bits_of(noise(100'000, 1, 1)))
    hash = (hash ^ bits) * 0x100000001b3;
  CHECK(hash == 0xf1ccac18f7a1b1aa);
}

TEST_CASE("Noise does not depend on the pieces it is asked for in",
          "[gaussian_noise]") {
  const Samples expected = noise(100'001, 5, 6);
  for (const std::size_t piece :
       {std::size_t{32}, std::size_t{2048}, std::size_t{4096}, std::size_t{65536}}) {
    Samples samples(100'001);
    GaussianNoise generator(5, 6);
    for (std::size_t at = 0; at < samples.size(); at += piece)
      generator.add_to({&samples[at], std::min(piece, samples.size() - at)}, 0.1f);
    CAPTURE(piece);
    CHECK(same_bits(samples, expected));
  }
}

TEST_CASE("Samples may stand at any address, and nothing beside them is touched",
          "[gaussian_noise]") {
  for (const std::size_t size : {0u, 1u, 31u, 32u, 33u, 100u}) {
    const Samples expected = noise(size, 5, 6);
    for (const std::size_t offset : {1u, 2u, 3u, 5u}) {
      Samples samples(size + 16, 7.0f);
      std::fill_n(samples.begin() + static_cast<std::ptrdiff_t>(offset), size, 0.0f);
      GaussianNoise(5, 6).add_to({samples.data() + offset, size}, 0.1f);
      CAPTURE(size, offset);
      CHECK(same_bits({samples.data() + offset, samples.data() + offset + size},
                      expected));
      CHECK(std::count(samples.begin(), samples.end(), 7.0f) == 16);
    }
  }
}

TEST_CASE("After an odd piece there is no next one", "[gaussian_noise]") {
  GaussianNoise generator(1, 1);
  Samples samples(33);
  generator.add_to(samples, 0.1f);
  CHECK_THROWS_AS(generator.add_to(samples, 0.1f), std::logic_error);
}

TEST_CASE("Streams of other numbers and other seeds have nothing in common",
          "[gaussian_noise]") {
  constexpr std::size_t size = 100'000;
  struct Numbers {
    std::uint64_t seed, stream;
  };
  std::vector<Samples> streams;
  for (const auto& [seed, stream] :
       {Numbers{1, 1}, Numbers{1, 2}, Numbers{1, 3}, Numbers{1, 4}, Numbers{2, 1},
        Numbers{2, 2}, Numbers{0, 0}, Numbers{0, 1},
        Numbers{std::numeric_limits<std::uint64_t>::max(), 1},
        Numbers{1, std::numeric_limits<std::uint64_t>::max()}})
    streams.push_back(noise(size, seed, stream));
  for (std::size_t one = 0; one < streams.size(); ++one)
    for (std::size_t other = 0; other < one; ++other) {
      CAPTURE(one, other);
      CHECK(correlation(streams[one].data(), streams[other].data(), size) <
            5 / std::sqrt(double{size}));
    }
}

TEST_CASE("A stream's lanes are all different", "[gaussian_noise]") {
  const Samples samples = noise(32'000, 1, 1);
  const std::set<float> different(samples.begin(), samples.end());
  CHECK(different.size() > 31'900);  // of 32 bits, two may be the same by chance
}
