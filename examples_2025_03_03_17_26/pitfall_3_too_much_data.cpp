/*
Too much data: sent, described, or shared

Eight calls that each add up a part of 32 MB. In the first run each call is sent its
part; in the second it is told which part, and makes it there; in the third the
data lies in memory that all processes see, and the call is told where.

Ports: the pitfall "sending too much data" :cite:p:`mcoding_cores`

    $ examples_2025_03_03_17_26/pitfall_3_too_much_data
    sent:       ~0.000<60.000 s
    described:  ~0.000<60.000 s
    shared:     ~0.000<60.000 s
    the sum is 18014405283282944 each time
*/
#include <fmt/core.h>

#include <algorithm>
#include <boost/interprocess/anonymous_shared_memory.hpp>
#include <boost/interprocess/mapped_region.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <numeric>
#include <span>
#include <stdexcept>
#include <vector>

#include "examples_2025_03_03_16_52/process_pool.hpp"

using Numbers = std::vector<std::uint32_t>;
constexpr std::uint32_t parts = 8, part_size = 1 << 20;

std::span<std::uint32_t> shared;  // set before the pool is made: its workers have it

Numbers make_part(std::uint32_t part) {
  Numbers numbers(part_size);
  std::iota(numbers.begin(), numbers.end(), part * part_size);
  for (std::uint32_t& number : numbers)
    number *= 2'654'435'761;  // modulo 2 to the 32nd
  return numbers;
}

std::uint64_t add_up(std::span<const std::uint32_t> numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), std::uint64_t{0});
}

std::uint64_t sum_of_sent(const Numbers& numbers) {
  return add_up(numbers);
}
std::uint64_t sum_of_described(std::uint32_t part) {
  return add_up(make_part(part));
}
std::uint64_t sum_of_shared(std::uint32_t part) {
  return add_up(shared.subspan(std::size_t{part} * part_size, part_size));
}

template <class Function, class Inputs>
std::uint64_t run(ProcessPool& pool, const char* way, Function function,
                  const Inputs& inputs) {
  const auto start = std::chrono::steady_clock::now();
  std::uint64_t sum = 0;
  for (const std::uint64_t part : pool.map_unordered(function, inputs)) sum += part;
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  fmt::print("{:11} {:.3f} s\n", way, taken.count());
  return sum;
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  std::vector<std::uint32_t> which(parts);
  std::iota(which.begin(), which.end(), 0u);
  std::vector<Numbers> data;
  for (const std::uint32_t part : which) data.push_back(make_part(part));

  // Without a name: it goes to the processes that are started after this.
  const auto memory = boost::interprocess::anonymous_shared_memory(
      std::size_t{parts} * part_size * sizeof(std::uint32_t));
  shared = {static_cast<std::uint32_t*>(memory.get_address()),
            std::size_t{parts} * part_size};
  ProcessPool pool(2);
  auto to = shared.begin();  // written after that, and still seen
  for (const Numbers& part : data) to = std::copy(part.begin(), part.end(), to);

  const std::uint64_t sum = run(pool, "sent:", sum_of_sent, data);
  if (run(pool, "described:", sum_of_described, which) != sum ||
      run(pool, "shared:", sum_of_shared, which) != sum)
    throw std::runtime_error("the sums differ");
  fmt::print("the sum is {} each time\n", sum);
}
