#include "examples_2025_03_03_17_26/gaussian_noise.hpp"

#include <emmintrin.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>

inline namespace book {

namespace {

constexpr int lanes = GaussianNoise::lanes;
using State = GaussianNoise::State;

// So many numbers as one register holds: the compiler's own vector types.
template <int width>
struct Vector {
  typedef float Float __attribute__((vector_size(4 * width)));
  typedef std::int32_t Int __attribute__((vector_size(4 * width)));
  typedef std::uint32_t Unsigned __attribute__((vector_size(4 * width)));
};

// Next word of each lane: xoshiro128+ by Blackman and Vigna. Its upper bits are the
// good ones, and below only they count.
template <class Unsigned>
struct Xoshiro {
  Unsigned a, b, c, d;

  [[gnu::always_inline]] Unsigned next() {
    const Unsigned word = a + d;
    const Unsigned shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = d << 11 | d >> 21;
    return word;
  }
};

// The factors of a polynomial from the highest power down (Horner's way).
template <class Float, class... Factors>
[[gnu::always_inline]] inline Float polynomial(Float x, float highest,
                                               Factors... factors) {
  Float sum = Float{} + highest;
  ((sum = sum * x + factors), ...);
  return sum;
}

template <class Float>
[[gnu::always_inline]] inline Float square_root(Float x) {
  for (std::size_t i = 0; i < sizeof(Float) / sizeof(float); ++i)
    x[i] = std::sqrt(x[i]);
  return x;
}

template <class Float>
[[gnu::always_inline]] inline Float clip(Float x) {
  const Float low = Float{} - 1.0f, high = Float{} + 1.0f;
  if constexpr (sizeof x == sizeof(__m128)) {  // which the compiler would not use here
    return _mm_min_ps(high, _mm_max_ps(low, x));
  } else {
    x = x < low ? low : x;
    return x > high ? high : x;
  }
}

// sqrt(-2 log u) for u in (0, 1): how far from the centre. u has 30 bits, so none is
// farther than 6.55. The polynomial's error is below 2e-6.
template <int width>
[[gnu::always_inline]] inline auto radius(typename Vector<width>::Unsigned word) {
  using Float = typename Vector<width>::Float;
  using Int = typename Vector<width>::Int;
  const Float u = __builtin_convertvector(std::bit_cast<Int>(word >> 1 | 1), Float);
  // u is m times a power of two, and m between sqrt(1/2) and sqrt(2).
  const auto bits = std::bit_cast<Int>(u);
  const Int exponent = (bits - 0x3f3504f3) >> 23;
  const auto m = std::bit_cast<Float>(bits - (exponent << 23));
  const Float t = m - 1.0f;
  const Float log_m =  // times -2, as all of it
      t * polynomial(t, 0.2863970696926117f, -0.44660142064094543f, 0.5094492435455322f,
                     -0.6645174622535706f, 0.9997010231018066f, -2.000025510787964f);
  const Float power = __builtin_convertvector(exponent, Float) - 31.0f;
  return square_root<Float>(log_m + power * -1.3862943611198906f);
}

// Two samples for each lane: x and y of a point whose direction is even and whose
// distance is Box and Muller's are independent and Gaussian. The direction is an angle
// between -pi/2 and pi/2, whose cosine is not negative, and a bit for the cosine's
// sign.
template <int width>
[[gnu::always_inline]] inline void add_noise(State& state, float* samples,
                                             std::size_t blocks, float deviation) {
  using Float = typename Vector<width>::Float;
  using Int = typename Vector<width>::Int;
  using Unsigned = typename Vector<width>::Unsigned;

  const auto at = [](auto* place) __attribute__((always_inline)) -> auto& {
    // What stands in memory as single numbers, at any address.
    using Single = std::remove_reference_t<decltype(*place)>;
    typedef Single Unaligned
        __attribute__((vector_size(4 * width), aligned(4), may_alias));
    return *reinterpret_cast<Unaligned*>(place);
  };
  const auto add = [&](float* to, Float noise) __attribute__((always_inline)) {
    at(to) = clip<Float>(at(to) + noise);
  };

  for (int lane = 0; lane < lanes; lane += width) {
    const auto words = [&](std::size_t i) __attribute__((always_inline)) -> auto& {
      return at(&state.words[i][static_cast<std::size_t>(lane)]);
    };
    Xoshiro<Unsigned> random{words(0), words(1), words(2), words(3)};
    float* to = samples + lane;
    for (std::size_t block = 0; block < blocks; ++block, to += GaussianNoise::block) {
      const Float distance = deviation * radius<width>(random.next());
      const Unsigned word = random.next();
      const Float x =
          __builtin_convertvector(std::bit_cast<Int>(word << 1), Float) * 0x1p-31f;
      const Float y = x * x;
      const Float sine = x * polynomial(y, -0.004333095159381628f, 0.0794343426823616f,
                                        -0.645892858505249f, 1.5707910060882568f);
      const Float cosine =
          polynomial(y, 0.0008581906440667808f, -0.020810628309845924f,
                     0.2536507546901703f, -1.2336982488632202f, 0.9999999403953552f);
      const Unsigned sign = word & 0x80000000u;
      add(to, distance * sine);
      add(to + lanes,
          std::bit_cast<Float>(std::bit_cast<Unsigned>(distance * cosine) ^ sign));
    }
    words(0) = random.a;
    words(1) = random.b;
    words(2) = random.c;
    words(3) = random.d;
  }
}

void add_noise_baseline(State& state, float* samples, std::size_t blocks,
                        float deviation) {
  add_noise<4>(state, samples, blocks, deviation);
}

[[gnu::target("avx2")]] void add_noise_avx2(State& state, float* samples,
                                            std::size_t blocks, float deviation) {
  add_noise<8>(state, samples, blocks, deviation);
}

[[gnu::target("avx512f,avx512dq")]] void add_noise_avx512(State& state, float* samples,
                                                          std::size_t blocks,
                                                          float deviation) {
  add_noise<16>(state, samples, blocks, deviation);
}

// SplitMix64 by Steele, Lea and Flood: every number has its own, far from each other.
std::uint64_t mix(std::uint64_t number) {
  number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9;
  number = (number ^ number >> 27) * 0x94d049bb133111eb;
  return number ^ number >> 31;
}

}  // namespace

std::vector<InstructionSet> instruction_sets() {
  std::vector<InstructionSet> sets{InstructionSet::baseline};
  if (__builtin_cpu_supports("avx2")) sets.push_back(InstructionSet::avx2);
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
    sets.push_back(InstructionSet::avx512);
  return sets;
}

std::string_view name_of(InstructionSet set) {
  return std::array{"baseline", "avx2", "avx512"}.at(static_cast<std::size_t>(set));
}

GaussianNoise::GaussianNoise(std::uint64_t seed, std::uint64_t stream,
                             InstructionSet set) {
  constexpr std::uint64_t step = 0x9e3779b97f4a7c15;  // 2^64 over the golden ratio
  std::uint64_t number = mix(mix(seed + step) + stream);
  for (auto& words : state_.words)
    for (std::uint32_t& word : words)
      word = static_cast<std::uint32_t>(mix(number += step) >> 32);
  kernel_ = std::array{add_noise_baseline, add_noise_avx2,
                       add_noise_avx512}[static_cast<std::size_t>(set)];
}

void GaussianNoise::add_to(std::span<float> samples, float deviation) {
  if (has_ended_) throw std::logic_error("only the last piece of a sound may be odd");
  // So few at a time that a register's numbers are near when their neighbours come.
  constexpr std::size_t near = 2048;
  while (samples.size() >= block) {
    const std::size_t blocks = std::min(near, samples.size()) / block;
    kernel_(state_, samples.data(), blocks, deviation);
    samples = samples.subspan(blocks * block);
  }
  has_ended_ = !samples.empty();
  if (has_ended_) {
    std::array<float, block> last{};
    std::copy(samples.begin(), samples.end(), last.begin());
    kernel_(state_, last.data(), 1, deviation);
    std::copy_n(last.begin(), samples.size(), samples.begin());
  }
}

}  // namespace book
