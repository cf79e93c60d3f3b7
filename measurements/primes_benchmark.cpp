// The tutorial's four primes: its program in each style, in both languages; then on two
// workers in CPython's pool, C++ threads, OpenMP, a parallel algorithm and oneTBB; then
// by other divisions, by several at once, and by a sieve.
//
//     primes_benchmark [--form trial|short|long]
#include <fmt/core.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <execution>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "examples_2017_09_09_12_15/fast_primes.hpp"
#include "examples_2017_09_09_12_15/primes.hpp"
#include "measurements/command_output.hpp"
#include "measurements/comparison.hpp"
#include "measurements/measurement.hpp"
#include "measurements/run_command.hpp"

namespace measurements {
namespace {

using Primes = std::array<unsigned, 4>;
using NthPrime = unsigned (*)(unsigned);
constexpr Primes numbers{20'000, 20'001, 20'002, 20'003};
constexpr Primes answers{224'737, 224'743, 224'759, 224'771};
constexpr int workers = 2;

Primes serial(NthPrime nth) {
  Primes primes;
  std::transform(numbers.begin(), numbers.end(), primes.begin(), nth);
  return primes;
}

// Two threads: whoever is free takes the next number.
Primes in_threads(NthPrime nth) {
  Primes primes;
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i; (i = next++) < numbers.size();) primes[i] = nth(numbers[i]);
  };
  {
    const std::jthread other(work);
    work();
  }
  return primes;
}

#ifdef _OPENMP
Primes with_openmp(NthPrime nth) {
  Primes primes;
#pragma omp parallel for schedule(dynamic) num_threads(workers)
  for (std::size_t i = 0; i < numbers.size(); ++i) primes[i] = nth(numbers[i]);
  return primes;
}
#endif

Primes with_an_algorithm(NthPrime nth) {
  Primes primes;
  std::transform(std::execution::par, numbers.begin(), numbers.end(), primes.begin(),
                 nth);
  return primes;
}

Primes with_tbb(NthPrime nth) {
  Primes primes;
  tbb::parallel_for(std::size_t{0}, numbers.size(),
                    [&](std::size_t i) { primes[i] = nth(numbers[i]); });
  return primes;
}

/// Seconds that it takes one way to find the four primes.
/// @param times Of so many runs the mean is taken: where they are short, what it takes
///   to wake a thread is much of each, and differs.
std::function<double()> timed(Primes (*way)(NthPrime), NthPrime nth, int times = 1) {
  return [way, nth, times] {
    double seconds = 0;
    for (int time = 0; time < times; ++time) {
      // The threads of the way before this one have gone to sleep by then.
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      Primes primes;
      seconds += seconds_of([&] { primes = way(nth); });
      if (primes != answers) throw std::runtime_error("these are not the primes");
    }
    return seconds / times;
  };
}

/// The same of the counterpart, by its own clock, so that its start does not count.
double pool_of_cpython(const MeasurementOptions& options) {
  const std::string output =
      run_command({options.python, "-B",
                   options.root + "/examples_2017_09_09_12_15/ex_parallelization.py",
                   "--pool"})
          .output;
  return number_in(output, "wall: ([0-9.]+)");
}

/// Wall and CPU time of the whole programs, in each style, with four workers.
void measure_styles(const MeasurementOptions& options, Report& report) {
  Comparison costs(options.form, {.short_seconds = 4, .long_seconds = 60});
  const auto add = [&](const std::string& style,
                       const std::vector<std::string>& words) {
    costs.add(style, [words] {
      const Cost cost = run_command(words);
      return Sample{{"wall_seconds", cost.wall_seconds},
                    {"cpu_seconds", cost.cpu_seconds}};
    });
  };
  const std::string key = "/examples_2017_09_09_12_15/ex_parallelization";
  for (const std::string style : {"serial", "threads", "processes", "pool"}) {
    add("cpp_" + style, {options.programs + key, "--" + style});
    add("python_" + style,
        {options.python, "-B", options.root + key + ".py", "--" + style});
  }
  for (const std::string style : {"tbb", "algorithm"})
    add("cpp_" + style, {options.programs + key + "_libraries", "--" + style});
  costs.run();
  report.heading("the whole programs, by language and style");
  for (const std::string& style : costs.peers())
    for (const std::string quantity : {"wall_seconds", "cpu_seconds"})
      report.add(style + "_" + quantity, costs.figure(style, quantity));
}

struct Way {
  const char* key;  // in the figures
  const char* words;
};

/// On two workers, by their own clocks.
void measure_ways(const MeasurementOptions& options, Report& report) {
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                  workers);
  tbb::task_arena arena(workers);

  // OpenMP's threads spin for a while when they have done their work, so that what
  // comes next is what needs one core alone.
  Comparison ways(options.form,
                  {.short_seconds = 4, .long_seconds = 60, .long_rounds = 11});
  ways.add("python_pool", [&] { return pool_of_cpython(options); });
  ways.add("floats", timed(in_threads, nth_prime_by_floats));
  const auto by_vectors = [](unsigned n) { return nth_prime_by_vectors(n); };
  ways.add("vectors", timed(in_threads, by_vectors, 8));
  ways.add("sieve", timed(in_threads, nth_prime_by_sieve, 8));
  ways.add("threads", timed(in_threads, nth_prime));
  ways.add("algorithm", timed(with_an_algorithm, nth_prime));
  ways.add("tbb", timed(with_tbb, nth_prime));
#ifdef _OPENMP
  ways.add("openmp", timed(with_openmp, nth_prime));
#else
  ways.add_missing("openmp", "OpenMP was not found when this build was configured");
#endif
  ways.add("serial", timed(serial, nth_prime));
  ways.once_in_short_form("python_pool");  // its ratios are far from 1
  arena.execute([&] { ways.run(); });

  report.heading("two workers");
  for (const auto& [key, words] :
       {Way{"python_pool", "CPython's pool"}, Way{"serial", "C++, one thread"},
        Way{"threads", "C++ threads"}, Way{"algorithm", "parallel algorithm"},
        Way{"tbb", "oneTBB"}, Way{"openmp", "OpenMP"},
        Way{"floats", "as floats, C++ threads"},
        Way{"vectors", "by vectors, C++ threads"},
        Way{"sieve", "by a sieve, C++ threads"}}) {
    const Figure seconds = ways.figure(key);
    report.add(fmt::format("{}_seconds", key), seconds);
    report.add_row("ways", {{"way", words}}, {{"wall_seconds", seconds}});
  }
  for (const std::string way : {"threads", "floats", "vectors", "sieve"})
    report.add(fmt::format("pool_to_{}_ratio", way), ways.ratio("python_pool", way));
  report.add("speed_up_ratio", ways.ratio("serial", "threads"));
  std::vector<Comparison::Source> bests{{"threads"}, {"algorithm"}, {"tbb"}};
#ifdef _OPENMP
  bests.push_back({"openmp"});
#endif
  report.add("threads_to_best_ratio", ways.derived(bests, [](const auto& seconds) {
    return seconds[0] / *std::min_element(seconds.begin() + 1, seconds.end());
  }));
}

void measure_primes(const MeasurementOptions& options, Report& report) {
  measure_styles(options, report);
  measure_ways(options, report);
}

}  // namespace
}  // namespace measurements

int main(int argc, char** argv) {
  return measurements::run_measurement(argc, argv, "primes", "Four primes on two cores",
                                       measurements::measure_primes);
}
