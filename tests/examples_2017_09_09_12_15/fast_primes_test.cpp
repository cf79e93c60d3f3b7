// The same primes, by vectors and by a sieve.
#include "examples_2017_09_09_12_15/fast_primes.hpp"

#include "examples_2017_09_09_12_15/primes.hpp"
#include "tests/catch.hpp"

TEST_CASE("Floats, vectors and a sieve find each of the first primes",
          "[fast_primes]") {
  unsigned number = 1;
  for (unsigned n = 1; n <= 500; ++n) {
    while (!is_prime(++number)) continue;
    CHECK(nth_prime_by_floats(n) == number);
    for (const int bytes : {16, 32, 64})
      CHECK(nth_prime_by_vectors(n, bytes) == number);
    CHECK(nth_prime_by_sieve(n) == number);
  }
}

TEST_CASE("Floats, vectors and a sieve find the tutorial's primes", "[fast_primes]") {
  for (const unsigned n : {20'000u, 20'001u, 20'002u, 20'003u}) {
    CHECK(nth_prime_by_floats(n) == nth_prime(n));
    for (const int bytes : {16, 32, 64})
      CHECK(nth_prime_by_vectors(n, bytes) == nth_prime(n));
    CHECK(nth_prime_by_sieve(n) == nth_prime(n));
  }
}

TEST_CASE("The largest prime that vectors are for", "[fast_primes]") {
  // One that were wrongly found or missed below would move this one.
  for (const int bytes : {16, 32, 64})
    CHECK(nth_prime_by_vectors(290'000, bytes) == nth_prime_by_sieve(290'000));
}
