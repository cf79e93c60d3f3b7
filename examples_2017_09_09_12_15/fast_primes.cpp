#include "examples_2017_09_09_12_15/fast_primes.hpp"

#ifdef __x86_64__
#include <immintrin.h>
#endif

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "examples_2017_09_09_12_15/primes.hpp"

inline namespace book {

namespace {

bool is_prime_by_floats(unsigned number) {
  const auto x = static_cast<float>(number);
  for (unsigned divisor = 2; divisor * divisor <= number; ++divisor) {
    const float quotient = x / static_cast<float>(divisor);
    if (quotient == static_cast<float>(static_cast<int>(quotient))) return false;
  }
  return number > 1;
}

// The divisors from 2 on, and their reciprocals: to multiply is faster than to divide.
struct Divisors {
  static constexpr std::size_t count = 2048 + 64;
  alignas(64) std::array<float, count> divisor, reciprocal;
  constexpr Divisors() : divisor(), reciprocal() {
    for (std::size_t i = 0; i < count; ++i) {
      divisor[i] = static_cast<float>(i + 2);
      reciprocal[i] = 1 / divisor[i];
    }
  }
};
constexpr Divisors divisors;

// So many floats as fit into a register of so many bytes.
template <int bytes>
struct Register {
  using Floats [[gnu::vector_size(bytes)]] = float;
  using Words [[gnu::vector_size(bytes)]] = std::int64_t;
  static constexpr unsigned size = bytes / sizeof(float);
};

// What is left of a number below 2^22 when it is divided by several divisors at once,
// from -d/2 to d/2. Added to 1.5 * 2^23, a float has no room for decimals: that rounds.
template <int bytes>
[[gnu::always_inline]] inline auto remainders(float number, unsigned i) {
  using Floats = typename Register<bytes>::Floats;
  Floats divisor, reciprocal;
  std::memcpy(&divisor, &divisors.divisor[i], sizeof divisor);
  std::memcpy(&reciprocal, &divisors.reciprocal[i], sizeof reciprocal);
  constexpr float rounding = 3 << 22;
  const Floats quotient = (number * reciprocal + rounding) - rounding;
  return Floats(number - quotient * divisor);
}

[[gnu::always_inline]] inline bool has_a_zero(Register<16>::Floats floats) {
  const auto zeros = reinterpret_cast<Register<16>::Words>(floats == 0);
  return (zeros[0] | zeros[1]) != 0;
}

#ifdef __x86_64__
// One instruction each. Inlined where their instruction set is the caller's.
[[gnu::target("avx2,fma")]] inline bool has_a_zero(Register<32>::Floats floats) {
  return _mm256_movemask_ps(reinterpret_cast<__m256>(floats == 0)) != 0;
}

[[gnu::target("avx512f")]] inline bool has_a_zero(Register<64>::Floats floats) {
  return _mm512_cmpeq_ps_mask(floats, _mm512_setzero_ps()) != 0;
}
#endif

// Divisors beyond the root do no harm: what they divide, a smaller one divides, too.
template <int bytes>
[[gnu::always_inline]] inline bool is_prime_by_vectors(unsigned number) {
  if (number < 1000) return is_prime(number);
  if (number % 2 == 0) return false;
  constexpr unsigned step = Register<bytes>::size;
  const auto x = static_cast<float>(number);
  // Most others end here.
  if (has_a_zero(remainders<bytes>(x, 0))) return false;
  const auto root = static_cast<unsigned>(std::sqrt(x));
  // A product is 0 if a factor is; of two it is below 2^22, far from what a float
  // holds.
  for (unsigned i = step; i + 2 <= root; i += 2 * step)
    if (has_a_zero(remainders<bytes>(x, i) * remainders<bytes>(x, i + step)))
      return false;
  return true;
}

template <int bytes>
[[gnu::always_inline]] inline unsigned count_to(unsigned n) {
  unsigned number = 1;
  while (n > 0)
    if (is_prime_by_vectors<bytes>(++number)) --n;
  return number;
}

// What each x86-64 can do, what those since 2013 can, and what some can.
unsigned nth_prime_16_bytes(unsigned n) {
  return count_to<16>(n);
}

#ifdef __x86_64__
[[gnu::target("avx2,fma")]] unsigned nth_prime_32_bytes(unsigned n) {
  return count_to<32>(n);
}

[[gnu::target("avx512f")]] unsigned nth_prime_64_bytes(unsigned n) {
  return count_to<64>(n);
}
#endif

}  // namespace

unsigned nth_prime_by_floats(unsigned n) {
  unsigned number = 1;
  while (n > 0)
    if (is_prime_by_floats(++number)) --n;
  return number;
}

unsigned nth_prime_by_vectors(unsigned n, [[maybe_unused]] int widest) {
#ifdef __x86_64__
  if (widest >= 64 && __builtin_cpu_supports("avx512f")) return nth_prime_64_bytes(n);
  if (widest >= 32 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return nth_prime_32_bytes(n);
#endif
  return nth_prime_16_bytes(n);
}

unsigned nth_prime_by_sieve(unsigned n) {
  // From the 6th on, the nth prime is below n (ln n + ln ln n).
  const double x = std::max(n, 6u);
  const auto limit =
      static_cast<std::size_t>(x * (std::log(x) + std::log(std::log(x)))) + 1;
  std::vector<char> is_composite(limit + 1);
  for (std::size_t number = 2; number <= limit; ++number) {
    if (is_composite[number]) continue;
    if (--n == 0) return static_cast<unsigned>(number);
    for (std::size_t multiple = number * number; multiple <= limit; multiple += number)
      is_composite[multiple] = true;
  }
  return 0;
}

}  // namespace book
