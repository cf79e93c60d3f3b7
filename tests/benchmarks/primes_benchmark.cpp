// The tutorial's four primes: its program in each style, in both languages; then on two
// workers in CPython's pool, C++ threads, OpenMP, a parallel algorithm and oneTBB; then
// by other divisions, by several at once, and by a sieve.
#include <fmt/core.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <execution>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include "examples_2017_09_09_12_15/fast_primes.hpp"
#include "examples_2017_09_09_12_15/primes.hpp"
#include "tests/benchmarks/measure.hpp"

namespace tbb = oneapi::tbb;

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

Primes with_openmp(NthPrime nth) {
  Primes primes;
#pragma omp parallel for schedule(dynamic) num_threads(workers)
  for (std::size_t i = 0; i < numbers.size(); ++i) primes[i] = nth(numbers[i]);
  return primes;
}

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
std::function<double()> timed(Primes (*way)(NthPrime), NthPrime nth) {
  return [way, nth] {
    // The threads of the way before this one have gone to sleep by then.
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    Primes primes;
    const double seconds = seconds_of([&] { primes = way(nth); });
    if (primes != answers) throw std::runtime_error("these are not the primes");
    return seconds;
  };
}

/// The same of the counterpart, by its own clock, so that its start does not count.
double pool_of_cpython(const MeasureOptions& options) {
  const std::string output =
      run_command({options.python, "-B",
                   options.root + "/examples_2017_09_09_12_15/ex_parallelization.py",
                   "--pool"})
          .output;
  const std::string before = "wall: ";
  const std::size_t at = output.find(before);
  if (at == output.npos) throw std::runtime_error("the counterpart says no time");
  return std::stod(output.substr(at + before.size()));
}

/// Wall and CPU time of the whole programs, in each style, with four workers.
void measure_styles(const MeasureOptions& options, nlohmann::json& figures) {
  struct Style {
    std::string name;
    std::vector<std::string> words;
  };
  std::vector<Style> styles;
  for (const std::string style : {"serial", "threads", "processes", "pool"}) {
    styles.push_back(
        {"cpp_" + style,
         {options.programs + "/examples_2017_09_09_12_15/ex_parallelization",
          "--" + style}});
    styles.push_back(
        {"python_" + style,
         {options.python, "-B",
          options.root + "/examples_2017_09_09_12_15/ex_parallelization.py",
          "--" + style}});
  }
  for (const std::string style : {"tbb", "algorithm"})
    styles.push_back(
        {"cpp_" + style,
         {options.programs + "/examples_2017_09_09_12_15/ex_parallelization_libraries",
          "--" + style}});

  std::vector<std::vector<double>> cpu(styles.size());
  std::vector<std::function<double()>> runs;
  for (std::size_t i = 0; i < styles.size(); ++i)
    runs.push_back([&, i] {
      const Cost cost = run_command(styles[i].words);
      cpu[i].push_back(cost.cpu_seconds);
      return cost.wall_seconds;
    });
  const std::vector<double> wall = medians_in_turn(options.quick ? 1 : 5, runs);
  fmt::print("{:<20} {:>12} {:>12}\n", "program and style", "wall", "CPU");
  for (std::size_t i = 0; i < styles.size(); ++i) {
    fmt::print("{:<20} {:9.1f} ms {:9.1f} ms\n", styles[i].name, wall[i] * 1e3,
               median(cpu[i]) * 1e3);
    figures[styles[i].name + "_wall_seconds"] = wall[i];
    figures[styles[i].name + "_cpu_seconds"] = median(cpu[i]);
  }
}

void measure_primes(const MeasureOptions& options, nlohmann::json& figures) {
  measure_styles(options, figures);

  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                  workers);
  tbb::task_arena arena(workers);

  // OpenMP's threads spin for a while when they have done their work, so that what
  // comes next is what needs one core alone.
  std::vector<double> loop;
  arena.execute([&] {
    loop = medians_in_turn(
        options.quick ? 1 : 51,
        {timed(in_threads, nth_prime), timed(with_an_algorithm, nth_prime),
         timed(with_tbb, nth_prime), timed(with_openmp, nth_prime),
         timed(serial, nth_prime)});
  });
  const std::vector<double> other = medians_in_turn(
      options.quick ? 1 : 11,
      {[&] { return pool_of_cpython(options); }, timed(in_threads, nth_prime_by_floats),
       timed(in_threads, [](unsigned n) { return nth_prime_by_vectors(n); }),
       timed(in_threads, nth_prime_by_sieve)});

  const auto way = [&](const char* name, const char* key, double seconds) {
    fmt::print("{:<34} {:9.3f} ms\n", name, seconds * 1e3);
    figures[fmt::format("{}_seconds", key)] = seconds;
    figures["ways"].push_back({{"way", name}, {"wall_seconds", seconds}});
  };
  way("CPython's pool", "python_pool", other[0]);
  way("C++, one thread", "serial", loop[4]);
  way("C++ threads", "threads", loop[0]);
  way("parallel algorithm", "algorithm", loop[1]);
  way("oneTBB", "tbb", loop[2]);
  way("OpenMP", "openmp", loop[3]);
  way("as floats, C++ threads", "floats", other[1]);
  way("by vectors, C++ threads", "vectors", other[2]);
  way("by a sieve, C++ threads", "sieve", other[3]);

  const auto ratio = [&](const char* what, const char* key, double value,
                         const char* bound, double goal) {
    fmt::print("{:<42} {:7.3f} x  goal: {} {} x\n", what, value, bound, goal);
    figures[fmt::format("{}_ratio", key)] = value;
    figures[fmt::format("{}_goal_ratio", key)] = goal;
  };
  ratio("the pool's time to that of the threads", "pool_to_threads", other[0] / loop[0],
        "at least", 15);
  ratio("the same, dividing floats", "pool_to_floats", other[0] / other[1], "at least",
        15);
  ratio("the threads' time to that of the best", "threads_to_best",
        loop[0] / std::min({loop[1], loop[2], loop[3]}), "at most", 1.02);
  ratio("one thread's time to that of two", "speed_up", loop[4] / loop[0], "at least",
        1.97);
  ratio("the pool's time to that by vectors", "pool_to_vectors", other[0] / other[2],
        "at least", 50);
  fmt::print("{:<42} {:7.3f} x  another algorithm\n",
             "the pool's time to that of a sieve", other[0] / other[3]);
  figures["pool_to_sieve_ratio"] = other[0] / other[3];
}

}  // namespace

int main(int argc, char** argv) {
  return measure(argc, argv, "Four primes on two cores", measure_primes);
}
