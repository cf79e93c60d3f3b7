/*
A pool, or a plain loop

Fibonacci numbers in full, each computed from the start: in a plain loop on one core,
then in a pool of processes that is given one number at a time, then several, then many.
Whether the pool wins depends on how much a call does, and on how many are sent at once.

Ports: the comparison of ``map`` and ``Pool.imap`` :cite:p:`mcoding_cores`

    $ examples_2025_03_03_17_26/map_or_not --count 4000 --workers 2 --chunks 1,50,2000
    one core:                   ~0.000<60.000 s
    2 workers, chunks of 1:     ~0.000<60.000 s, the first after ~0.000<60.000 s
    2 workers, chunks of 50:    ~0.000<60.000 s, the first after ~0.000<60.000 s
    2 workers, chunks of 2000:  ~0.000<60.000 s, the first after ~0.000<60.000 s
    4000 numbers, the last one with 836 digits: the same each time
*/
#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "examples_2025_03_03_16_52/process_pool.hpp"
#include "examples_2025_03_03_17_26/fibonacci.hpp"
#include "examples_2025_03_03_17_26/map_options.hpp"

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const MapOptions options = map_options(argc, argv);
  std::vector<int> inputs(static_cast<std::size_t>(options.count));
  std::iota(inputs.begin(), inputs.end(), 0);

  auto start = Clock::now();
  std::vector<BigNumber> numbers;
  for (const int n : inputs) numbers.push_back(fibonacci(n));
  fmt::print("{:27} {:.3f} s\n", "one core:", seconds_since(start));

  for (const int chunk_size : options.chunk_sizes) {
    start = Clock::now();
    ProcessPool pool(options.workers);
    double first = 0;
    std::size_t count = 0;
    for (const BigNumber& number : pool.map(fibonacci, inputs, chunk_size)) {
      if (count == 0) first = seconds_since(start);
      if (number != numbers[count++]) throw std::runtime_error("a wrong number");
    }
    const double all = seconds_since(start);
    fmt::print("{:27} {:.3f} s, the first after {:.3f} s\n",
               fmt::format("{} workers, chunks of {}:", options.workers, chunk_size),
               all, first);
  }

  fmt::print("{} numbers, the last one with {} digits: the same each time\n",
             numbers.size(), numbers.back().str().size());
}
