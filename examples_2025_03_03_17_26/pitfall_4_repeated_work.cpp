/*
Tasks that do the same work again

The first 5000 Fibonacci numbers. A call for one number begins at the start, and repeats
all that the call before it did. A call for a range of them repeats less, since it
goes on from one to the next. One loop over all of them repeats nothing, and needs no
pool.

Ports: the pitfall "repeated work" :cite:p:`mcoding_cores`

    $ examples_2025_03_03_17_26/pitfall_4_repeated_work
    a call for each number:     12497500 additions, ~0.000<60.000 s
    a call for each 500:           27490 additions, ~0.000<60.000 s
    one loop, without a pool:       4999 additions, ~0.000<60.000 s
    the numbers are the same each time
*/
#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "examples_2025_03_03_16_52/process_pool.hpp"
#include "examples_2025_03_03_17_26/big_number.hpp"

constexpr int how_many = 5000;

struct Numbers {
  std::vector<BigNumber> numbers;
  long additions = 0;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(numbers, additions);
  }
};

// From the first to before the last.
Numbers fibonacci_range(const std::pair<int, int>& range) {
  Numbers result;
  BigNumber a = 0, b = 1;
  for (int n = 0;; ++n) {
    if (n >= range.first) result.numbers.push_back(a);
    if (n + 1 == range.second) return result;
    a += b;
    swap(a, b);
    ++result.additions;
  }
}

Numbers in_pool(int range_size, int chunk_size) {
  std::vector<std::pair<int, int>> ranges;
  for (int first = 0; first < how_many; first += range_size)
    ranges.emplace_back(first, first + range_size);
  ProcessPool pool(2);
  Numbers all;
  for (Numbers& part : pool.map(fibonacci_range, ranges, chunk_size)) {
    all.numbers.insert(all.numbers.end(), part.numbers.begin(), part.numbers.end());
    all.additions += part.additions;
  }
  return all;
}

template <class Action>
std::vector<BigNumber> run(std::string_view way, const Action& action) {
  const auto start = std::chrono::steady_clock::now();
  Numbers result = action();
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  fmt::print("{:25} {:10} additions, {:.3f} s\n", way, result.additions, taken.count());
  return std::move(result.numbers);
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const auto numbers = run("a call for each number:", [] { return in_pool(1, 50); });
  if (run("a call for each 500:", [] { return in_pool(500, 1); }) != numbers ||
      run("one loop, without a pool:", [] { return fibonacci_range({0, how_many}); }) !=
          numbers)
    throw std::runtime_error("the numbers differ");
  fmt::print("the numbers are the same each time\n");
}
