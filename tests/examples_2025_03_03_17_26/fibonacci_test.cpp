// Fibonacci numbers, by identities that none of the three functions uses; and how they
// travel to another process.
#include "examples_2025_03_03_17_26/fibonacci.hpp"

#include <boost/multiprecision/cpp_int.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "examples_2025_03_03_16_52/process_pool.hpp"
#include "tests/catch.hpp"

using boost::multiprecision::cpp_int;

namespace {

using Function = BigNumber (*)(int);
struct Way {
  const char* name;
  Function function;
};
const std::vector<Way> ways = {{"fibonacci", fibonacci},
                               {"fibonacci_by_limbs", fibonacci_by_limbs},
                               {"fibonacci_by_doubling", fibonacci_by_doubling}};

// F(1000), as it is published.
const std::string f_1000 =
    "4346655768693745643568852767504062580256466051737178040248172908953655541794905189"
    "0"
    "4038798400792551692959225930803226347752096896232398733224711616429964409065331879"
    "3"
    "8298969649928516003704476137795166849228875";

// By fast doubling with the numbers of another library: F(n), F(n + 1).
std::pair<cpp_int, cpp_int> doubled(int n) {
  if (n == 0) return {0, 1};
  const auto [a, b] = doubled(n / 2);
  const cpp_int even = a * (2 * b - a), odd = a * a + b * b;
  if (n % 2 == 0) return {even, odd};
  return {odd, even + odd};
}

}  // namespace

TEST_CASE("the first Fibonacci numbers are the known ones") {
  const std::vector<int> known = {0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55};
  for (const auto& [name, function] : ways) {
    INFO(name);
    for (std::size_t n = 0; n < known.size(); ++n)
      CHECK(function(static_cast<int>(n)) == known[n]);
  }
}

TEST_CASE("the thousandth Fibonacci number has the digits that are published") {
  for (const auto& [name, function] : ways) {
    INFO(name);
    CHECK(function(1000).str() == f_1000);
  }
}

TEST_CASE("the last of ten thousand has 2090 digits") {
  for (const auto& [name, function] : ways) {
    INFO(name);
    CHECK(function(9999).str().size() == 2090);
  }
}

TEST_CASE("F(n - 1) F(n + 1) is F(n) F(n) + 1 or - 1 in turn") {  // Cassini
  for (const auto& [name, function] : ways) {
    INFO(name);
    // Where a number needs one more limb of 64 bits, and where it is a power of two.
    for (const int n : {1, 2, 6, 92, 93, 94, 95, 185, 186, 187, 277, 278, 1000, 9999}) {
      INFO(n);
      const BigNumber square = function(n) * function(n);
      const BigNumber product = function(n - 1) * function(n + 1);
      CHECK(product - square == (n % 2 == 0 ? 1 : -1));
    }
  }
}

TEST_CASE("Fibonacci numbers are those of fast doubling with another library") {
  for (const auto& [name, function] : ways) {
    INFO(name);
    for (int n = 0; n < 3000; ++n)
      if (function(n).str() != doubled(n).first.str()) FAIL_CHECK("F(" << n << ")");
    CHECK(function(20'000).str() == doubled(20'000).first.str());
  }
}

// ---- To another process -------------------------------------------------------------

namespace {

BigNumber negative(const BigNumber& number) {
  return -number;
}
std::vector<BigNumber> same(std::vector<BigNumber> numbers) {
  return numbers;
}

}  // namespace

TEST_CASE("a big number comes back from another process as it was") {
  ProcessPool pool(2);
  std::vector<BigNumber> numbers = {0,
                                    1,
                                    -1,
                                    BigNumber(1) << 63,
                                    BigNumber(1) << 64,
                                    -(BigNumber(1) << 64),
                                    (BigNumber(1) << 128) - 1};
  // One that is larger than what the pool sends through a socket.
  numbers.push_back((BigNumber(3) << 1'000'000) + 7);
  CHECK(pool.submit(same, numbers).get() == numbers);
  std::size_t i = 0;
  for (const BigNumber& number : pool.map(negative, numbers))
    CHECK(number == -numbers[i++]);
  CHECK(i == numbers.size());
}

TEST_CASE("a big number that takes another's place forgets it") {
  const auto through_bytes = [](const BigNumber& from, BigNumber to) {
    std::stringstream stream;
    cereal::BinaryOutputArchive{stream}(from);
    cereal::BinaryInputArchive{stream}(to);
    return to;
  };
  CHECK(through_bytes(0, fibonacci(1000)) == 0);
  CHECK(through_bytes(-5, fibonacci(1000)) == -5);
  CHECK(through_bytes(fibonacci(1000), -5).str() == f_1000);
}

TEST_CASE("a pool of processes computes the numbers that a loop does") {
  std::vector<int> inputs;
  for (int n = 0; n < 1000; ++n) inputs.push_back(n);
  for (const int chunk_size : {1, 7, 1000, 5000}) {
    ProcessPool pool(2);
    int n = 0;
    for (const BigNumber& number : pool.map(fibonacci, inputs, chunk_size))
      if (number != fibonacci_by_doubling(n++)) FAIL_CHECK("F(" << n - 1 << ")");
    CHECK(n == 1000);
  }
}
