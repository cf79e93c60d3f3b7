/*
The same four primes, by libraries

The same work once more, in the two ways that a C++ program would ordinarily take:
oneTBB, and the standard library's parallel algorithms. Neither has a thread in sight.

Ports: ex_parallelization.py :cite:p:`gilmore_multiprocessing`, with the two executors
of Python's ``concurrent.futures``

    $ examples_2017_09_09_12_15/ex_parallelization_libraries --tbb
    prime 20000 is 224737
    prime 20001 is 224743
    prime 20002 is 224759
    prime 20003 is 224771
    cpu : ~0.00000<60.00000
    wall: ~0.00000<60.00000

    $ examples_2017_09_09_12_15/ex_parallelization_libraries --algorithm
    prime 20000 is 224737
    prime 20001 is 224743
    prime 20002 is 224759
    prime 20003 is 224771
    cpu : ~0.00000<60.00000
    wall: ~0.00000<60.00000
*/
#include <fmt/core.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <execution>

#include "examples_2017_09_09_12_15/primes.hpp"
#include "examples_2017_09_09_12_15/style_option.hpp"
#include "examples_2017_09_09_12_15/timer.hpp"

constexpr std::array numbers{20'000u, 20'001u, 20'002u, 20'003u};
std::array<unsigned, numbers.size()> primes;

void with_tbb() {
  tbb::parallel_for(std::size_t{0}, numbers.size(),
                    [](std::size_t i) { primes[i] = nth_prime(numbers[i]); });
}

void with_an_algorithm() {
  std::transform(std::execution::par, numbers.begin(), numbers.end(), primes.begin(),
                 nth_prime);
}

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const std::string style = style_option(argc, argv, {"tbb", "algorithm"});

  // Four workers, whatever the number of cores, for both: libstdc++'s parallel
  // algorithms run on oneTBB.
  constexpr int workers = numbers.size();
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                  workers);
  tbb::task_arena arena(workers);

  Timer timer;
  timer.start();
  arena.execute(style == "tbb" ? with_tbb : with_an_algorithm);
  timer.stop();

  for (std::size_t i = 0; i < numbers.size(); ++i)
    fmt::print("prime {} is {}\n", numbers[i], primes[i]);
  fmt::print("{}\n", timer.report());
}
