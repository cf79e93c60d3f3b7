// Fibonacci numbers by a pool of processes: when it loses, what the chunk size does,
// what results cost that are kept, and the same additions in C++ and in CPython.
//
//     map_or_not_benchmark [--quick]
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/multiprecision/cpp_int.hpp>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <regex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "examples_2017_09_09_12_16/process.hpp"
#include "examples_2025_03_03_16_52/process_pool.hpp"
#include "examples_2025_03_03_17_26/fibonacci.hpp"
#include "tests/benchmarks/measure.hpp"

using boost::multiprecision::cpp_int;
using nlohmann::json;

namespace {

std::vector<int> first_inputs(int count) {
  std::vector<int> inputs(static_cast<std::size_t>(count));
  std::iota(inputs.begin(), inputs.end(), 0);
  return inputs;
}

/// F(0) + ... + F(n - 1) = F(n + 1) - 1.
void check_sum(const BigNumber& sum, int count) {
  if (sum != fibonacci_by_doubling(count + 1) - 1)
    throw std::runtime_error("a wrong sum");
}

// ---- A process of its own for each measurement, so that memory is its own
// -------------

json in_own_process(const std::function<json()>& measured) {
  std::array<int, 2> ends;
  if (::pipe(ends.data()) != 0)
    throw std::system_error(errno, std::generic_category(), "pipe");
  Process process([&] {
    const std::string text = measured().dump();
    const char* at = text.data();
    for (std::size_t left = text.size(); left > 0;) {
      const ssize_t written = ::write(ends[1], at, left);
      if (written < 0) throw std::system_error(errno, std::generic_category(), "write");
      at += written;
      left -= static_cast<std::size_t>(written);
    }
  });
  process.start();
  ::close(ends[1]);
  std::string text;
  std::array<char, 65536> buffer;
  ssize_t got = 0;
  while ((got = ::read(ends[0], buffer.data(), buffer.size())) > 0)
    text.append(buffer.data(), static_cast<std::size_t>(got));
  ::close(ends[0]);
  process.join();
  if (process.exit_code() != 0) throw std::runtime_error("a measurement failed");
  return json::parse(text);
}

/// A number of the kernel's on a process, in bytes.
long long memory_bytes(const std::string& pid, const std::string& field) {
  std::ifstream status("/proc/" + pid + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(field + ":"))
      return std::stoll(line.substr(field.size() + 1)) * 1024;
  return 0;  // it has ended
}

/// The most that a descendant named `worker N` has had.
long long peak_of_workers(const std::string& pid) {
  long long peak = 0;
  std::ifstream name_file("/proc/" + pid + "/comm");
  std::string name;
  if (std::getline(name_file, name) && name.starts_with("worker"))
    peak = memory_bytes(pid, "VmHWM");
  std::ifstream children("/proc/" + pid + "/task/" + pid + "/children");
  for (std::string child; children >> child;)
    peak = std::max(peak, peak_of_workers(child));
  return peak;
}

// ---- What is measured
// ----------------------------------------------------------------

using Fibonacci = BigNumber (*)(int);

double on_one_core(Fibonacci function, int count) {
  BigNumber sum;
  const double taken = seconds_of([&] {
    for (int n = 0; n < count; ++n) sum += function(n);
  });
  check_sum(sum, count);
  return taken;
}

/// Wall time of a pool of two, from its making to its last result, and peaks of memory.
json pool_run(Fibonacci function, int count, int chunk_size) {
  return in_own_process([=] {
    const std::vector<int> inputs = first_inputs(count);
    json run;
    BigNumber sum;
    std::optional<ProcessPool> pool;
    run["wall_seconds"] = seconds_of([&] {
      pool.emplace(2);
      for (const BigNumber& number : pool->map(function, inputs, chunk_size))
        sum += number;
    });
    check_sum(sum, count);
    run["main_bytes"] = memory_bytes("self", "VmHWM");
    run["worker_bytes"] = peak_of_workers(std::to_string(::getpid()));
    return run;
  });
}

double pool_seconds(Fibonacci function, int count, int chunk_size) {
  return pool_run(function, count, chunk_size)["wall_seconds"];
}

/// Fast doubling to the first number of a range, then additions.
std::vector<BigNumber> fibonacci_range(const std::pair<int, int>& range) {
  BigNumber a = fibonacci_by_doubling(range.first);
  BigNumber b = fibonacci_by_doubling(range.first + 1);
  std::vector<BigNumber> numbers;
  for (int n = range.first; n < range.second; ++n) {
    numbers.push_back(a);
    a += b;
    swap(a, b);
  }
  return numbers;
}

std::vector<std::pair<int, int>> ranges_of(int count, int range_size) {
  std::vector<std::pair<int, int>> ranges;
  for (int first = 0; first < count; first += range_size)
    ranges.emplace_back(first, std::min(first + range_size, count));
  return ranges;
}

double ranges_on_one_core(int count, int range_size) {
  BigNumber sum;
  const double taken = seconds_of([&] {
    for (const auto& range : ranges_of(count, range_size))
      for (const BigNumber& number : fibonacci_range(range)) sum += number;
  });
  check_sum(sum, count);
  return taken;
}

double pool_seconds_by_ranges(int count, int range_size) {
  return in_own_process([=] {
    const auto ranges = ranges_of(count, range_size);
    BigNumber sum;
    std::optional<ProcessPool> pool;
    const double taken = seconds_of([&] {
      pool.emplace(2);
      for (const auto& numbers : pool->map(fibonacci_range, ranges))
        for (const BigNumber& number : numbers) sum += number;
    });
    check_sum(sum, count);
    return json(taken);
  });
}

/// The memory that the process has while it takes the results of a pool.
json memory_over_results(int count, bool keep) {
  return in_own_process([=] {
    const std::vector<int> inputs = first_inputs(count);
    const int step = std::max(1, count / 40);
    ProcessPool pool(2);
    std::vector<BigNumber> kept;
    BigNumber sum;
    json rows = json::array();
    int taken = 0;
    for (BigNumber& number : pool.map(fibonacci, inputs, 20)) {
      sum += number;
      if (keep) kept.push_back(std::move(number));
      if (++taken % step == 0)
        rows.push_back({{"results", taken},
                        {"way", keep ? "kept in a list" : "used as they come"},
                        {"memory_bytes", memory_bytes("self", "VmRSS")}});
    }
    check_sum(sum, count);
    return rows;
  });
}

// ---- CPython
// -------------------------------------------------------------------------

struct CPython {
  double one_core = 0;
  std::map<int, double> by_chunk_size;
};

CPython run_cpython(const MeasureOptions& options, int count,
                    const std::string& chunks) {
  const std::string output =
      run_command({options.python, "-B",
                   options.root + "/examples_2025_03_03_17_26/map_or_not.py", "--count",
                   std::to_string(count), "--workers", "2", "--chunks", chunks})
          .output;
  CPython times;
  std::smatch found;
  if (!std::regex_search(output, found, std::regex("one core: +([0-9.]+) s")))
    throw std::runtime_error("map_or_not.py prints no time");
  times.one_core = std::stod(found[1]);
  const std::regex line("chunks of ([0-9]+): +([0-9.]+) s");
  for (std::sregex_iterator at(output.begin(), output.end(), line), end; at != end;
       ++at)
    times.by_chunk_size[std::stoi((*at)[1])] = std::stod((*at)[2]);
  return times;
}

// ---- The steps from the tutorial's line to the fastest loop
// -----------------------------

template <class Number>
double as_written(int count, int step) {
  return seconds_of([&] {
    for (int n = 0; n < count; n += step) {
      Number a = 0, b = 1;
      for (int i = 0; i < n; ++i) {
        Number next = a + b;
        a = std::move(b);
        b = std::move(next);
      }
    }
  });
}

double by(Fibonacci function, int count, int step) {
  return seconds_of([&] {
    for (int n = 0; n < count; n += step) function(n);
  });
}

double in_place_with_cpp_int(int count, int step) {
  return seconds_of([&] {
    for (int n = 0; n < count; n += step) {
      cpp_int a = 0, b = 1;
      for (int i = 0; i < n; ++i) {
        a += b;
        swap(a, b);
      }
    }
  });
}

void measure_steps(int rounds, int count, json& figures) {
  const int step = 10;  // every tenth number, which is enough for a ratio
  const std::vector<std::pair<std::string, std::function<double()>>> ways = {
      {"a, b = b, a + b: cpp_int", [=] { return as_written<cpp_int>(count, step); }},
      {"a, b = b, a + b: GMP", [=] { return as_written<BigNumber>(count, step); }},
      {"a += b: cpp_int", [=] { return in_place_with_cpp_int(count, step); }},
      {"a += b: GMP", [=] { return by(fibonacci, count, step); }},
      {"mpn_add_n of GMP", [=] { return by(fibonacci_by_limbs, count, step); }},
      {"fast doubling", [=] { return by(fibonacci_by_doubling, count, step); }},
  };
  std::vector<std::function<double()>> peers;
  for (const auto& way : ways) peers.push_back(way.second);
  const std::vector<double> taken = medians_in_turn(rounds, peers);
  figures["steps"] = json::array();
  fmt::print("one core, every tenth number\n");
  for (std::size_t i = 0; i < ways.size(); ++i) {
    figures["steps"].push_back({{"way", ways[i].first}, {"wall_seconds", taken[i]}});
    fmt::print("  {:26} {:8.4f} s  {:6.2f} x\n", ways[i].first, taken[i],
               taken[0] / taken[i]);
  }
}

void measure_when_a_pool_loses(int rounds, int count, json& figures) {
  figures["counts"] = json::array();
  fmt::print("so many numbers: one core, a pool with chunks of 1, of 100\n");
  for (int numbers = 100; numbers <= count; numbers *= 10) {
    for (const int n : {numbers, numbers * 3}) {
      if (n > count) break;
      const std::vector<double> taken =
          medians_in_turn(rounds, {[n] { return on_one_core(fibonacci, n); },
                                   [n] { return pool_seconds(fibonacci, n, 1); },
                                   [n] { return pool_seconds(fibonacci, n, 100); }});
      const std::array ways = {"one core", "pool, chunks of 1", "pool, chunks of 100"};
      for (std::size_t i = 0; i < ways.size(); ++i)
        figures["counts"].push_back(
            {{"numbers", n}, {"way", ways[i]}, {"wall_seconds", taken[i]}});
      fmt::print("  {:6} {:8.4f} s {:8.4f} s {:8.4f} s\n", n, taken[0], taken[1],
                 taken[2]);
    }
  }
}

std::pair<int, double> best(const std::map<int, std::vector<double>>& by_chunk_size) {
  std::pair<int, double> found{0, 0};
  for (const auto& [chunk_size, taken] : by_chunk_size)
    if (found.first == 0 || median(taken) < found.second)
      found = {chunk_size, median(taken)};
  return found;
}

void print_ratio(const char* what, double ratio, double goal) {
  fmt::print("  {:58} {:7.1f} x  goal: {:5.0f} x  {}\n", what, ratio, goal,
             ratio >= goal ? "reached" : "not reached");
}

void measure_chunk_sizes(const MeasureOptions& options, int rounds, int count,
                         json& figures) {
  std::map<int, std::vector<double>> cpython, cpp, limbs, main_memory, worker_memory;
  std::vector<double> cpython_one_core, doubling, doubling_one_core, ranges,
      ranges_one_core;
  for (int round = 0; round < rounds; ++round) {
    // The sizes at the ends are for the curve; one of those between is the best.
    const CPython times =
        run_cpython(options, count, round == 0 ? "1,10,100,1000" : "10,100");
    cpython_one_core.push_back(times.one_core);
    for (const auto& [chunk_size, taken] : times.by_chunk_size)
      cpython[chunk_size].push_back(taken);
    for (int chunk_size = 1; chunk_size <= count; chunk_size *= 10)
      for (const int size : {chunk_size, chunk_size * 3}) {
        if (size > count) break;
        const json run = pool_run(fibonacci, count, size);
        cpp[size].push_back(run["wall_seconds"]);
        main_memory[size].push_back(run["main_bytes"]);
        worker_memory[size].push_back(run["worker_bytes"]);
      }
    for (const int size : {10, 30, 100})
      limbs[size].push_back(pool_seconds(fibonacci_by_limbs, count, size));
    doubling.push_back(pool_seconds(fibonacci_by_doubling, count, 300));
    doubling_one_core.push_back(on_one_core(fibonacci_by_doubling, count));
    ranges.push_back(pool_seconds_by_ranges(count, 500));
    ranges_one_core.push_back(ranges_on_one_core(count, 500));
  }

  figures["chunk_sizes"] = json::array();
  figures["chunk_memory"] = json::array();
  fmt::print(
      "chunk size: time in C++, in CPython; memory of the main process, a worker\n");
  for (const auto& [size, taken] : cpp) {
    figures["chunk_sizes"].push_back(
        {{"chunk_size", size}, {"language", "C++"}, {"wall_seconds", median(taken)}});
    const double in_main = median(main_memory[size]);
    const double in_worker = median(worker_memory[size]);
    figures["chunk_memory"].push_back(
        {{"chunk_size", size}, {"process", "main process"}, {"memory_bytes", in_main}});
    figures["chunk_memory"].push_back(
        {{"chunk_size", size}, {"process", "a worker"}, {"memory_bytes", in_worker}});
    fmt::print(
        "  {:6} {:8.4f} s {:10} {:7.1f} MB {:7.1f} MB\n", size, median(taken),
        cpython.contains(size) ? fmt::format("{:8.4f} s", median(cpython[size])) : "",
        in_main / 1e6, in_worker / 1e6);
  }
  for (const auto& [size, taken] : cpython)
    figures["chunk_sizes"].push_back({{"chunk_size", size},
                                      {"language", "CPython"},
                                      {"wall_seconds", median(taken)}});

  const auto [cpython_size, cpython_best] = best(cpython);
  const auto [cpp_size, cpp_best] = best(cpp);
  const auto [limbs_size, limbs_best] = best(limbs);
  figures["cpython_one_core_seconds"] = median(cpython_one_core);
  figures["cpython_best_seconds"] = cpython_best;
  figures["cpython_best_chunk_size"] = cpython_size;
  figures["best_seconds"] = cpp_best;
  figures["best_chunk_size"] = cpp_size;
  figures["limbs_seconds"] = limbs_best;
  figures["doubling_seconds"] = median(doubling);
  figures["doubling_one_core_seconds"] = median(doubling_one_core);
  figures["ranges_seconds"] = median(ranges);
  figures["same_iteration_ratio"] = cpython_best / cpp_best;
  figures["limbs_ratio"] = cpython_best / limbs_best;
  figures["doubling_ratio"] = cpython_best / median(doubling);
  figures["doubling_one_core_ratio"] = cpython_best / median(doubling_one_core);
  figures["ranges_ratio"] = cpython_best / median(ranges);
  figures["ranges_one_core_ratio"] = cpython_best / median(ranges_one_core);
  fmt::print(
      "numbers 0 to {}, a pool of two in each language; CPython's best, chunks of {}: "
      "{:.3f} s\n",
      count - 1, cpython_size, cpython_best);
  print_ratio("the same additions, as in the program", figures["same_iteration_ratio"],
              6);
  print_ratio("the same additions, by mpn_add_n", figures["limbs_ratio"], 6);
  print_ratio("another algorithm: fast doubling for each number",
              figures["doubling_ratio"], 370);
  print_ratio("fast doubling for each number, one core, no pool",
              figures["doubling_one_core_ratio"], 370);
  print_ratio("fast doubling to the first of a range, then additions",
              figures["ranges_ratio"], 370);
  print_ratio("the same, one core, no pool", figures["ranges_one_core_ratio"], 370);
}

void measure_results(int count, json& figures) {
  figures["results"] = json::array();
  fmt::print("memory of the main process after so many results\n");
  for (const bool keep : {true, false}) {
    const json rows = memory_over_results(count, keep);
    figures["results"].insert(figures["results"].end(), rows.begin(), rows.end());
    const std::string name = keep ? "kept" : "used";
    figures[name + "_bytes"] = rows.back()["memory_bytes"];
    fmt::print("  {:20} from {:.1f} MB to {:.1f} MB\n",
               rows.back()["way"].get<std::string>(),
               rows.front()["memory_bytes"].get<double>() / 1e6,
               rows.back()["memory_bytes"].get<double>() / 1e6);
  }
}

void measure_map_or_not(const MeasureOptions& options, json& figures) {
  const int count = options.quick ? 1000 : 10'000;
  const int rounds = options.quick ? 1 : 3;
  figures["numbers"] = count;
  figures["digits_of_last"] = fibonacci(count - 1).str().size();
  measure_steps(rounds, count, figures);
  measure_when_a_pool_loses(rounds, count, figures);
  measure_chunk_sizes(options, rounds, count, figures);
  measure_results(count, figures);
}

}  // namespace

int main(int argc, char** argv) {
  return measure(argc, argv, "Fibonacci numbers by a pool of processes",
                 measure_map_or_not);
}
