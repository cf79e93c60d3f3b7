// Primes by trial division.
#include "examples_2017_09_09_12_15/primes.hpp"

#include <vector>

#include "tests/catch.hpp"

TEST_CASE("The primes below 50 are those, and 0 and 1 are none", "[primes]") {
  std::vector<unsigned> found;
  for (unsigned number = 0; number < 50; ++number)
    if (is_prime(number)) found.push_back(number);
  CHECK(found ==
        std::vector<unsigned>{2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47});
}

TEST_CASE("Trial division and a sieve find the same primes", "[primes]") {
  constexpr unsigned limit = 30'000;
  std::vector<bool> composite(limit);
  for (unsigned number = 2; number < limit; ++number) {
    if (is_prime(number) == composite[number]) CHECK(number == 0);
    for (unsigned multiple = 2 * number; multiple < limit; multiple += number)
      composite[multiple] = true;
  }
}

TEST_CASE("The largest numbers that it is for", "[primes]") {
  CHECK(is_prime(1'073'741'789));
  CHECK_FALSE(is_prime(32'749 * 32'749));  // the square of a prime
}

TEST_CASE("The primes are counted from 2", "[primes]") {
  CHECK(nth_prime(1) == 2);
  CHECK(nth_prime(2) == 3);
  CHECK(nth_prime(25) == 97);
  CHECK(nth_prime(20'000) == 224'737);
  CHECK(nth_prime(20'003) == 224'771);
}
