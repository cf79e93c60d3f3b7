#include "measurements/fibonacci_runs.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "examples_2025_03_03_16_52/process_pool.hpp"
#include "measurements/own_process.hpp"
#include "measurements/resources.hpp"
#include "program/proc.hpp"

using nlohmann::json;

namespace measurements {
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

/// A number of bytes that the kernel gives of a process; NaN if it gives none.
double memory_bytes(::pid_t pid, const std::string& field) {
  const std::uint64_t bytes = kernel_bytes(fmt::format("/proc/{}/status", pid), field);
  return bytes > 0 ? static_cast<double>(bytes)
                   : std::numeric_limits<double>::quiet_NaN();
}

/// The most that a descendant named `worker N` has had; NaN if none is found.
double peak_of_workers(::pid_t pid) {
  double peak = std::numeric_limits<double>::quiet_NaN();
  if (program::proc::name(pid, pid).starts_with("worker"))
    peak = memory_bytes(pid, "VmHWM");
  for (const ::pid_t child : program::proc::children(pid))
    peak = std::fmax(peak, peak_of_workers(child));  // NaN counts as less
  return peak;
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

}  // namespace

double on_one_core(Fibonacci function, int count) {
  BigNumber sum;
  const double taken = seconds_of([&] {
    for (int n = 0; n < count; ++n) sum += function(n);
  });
  check_sum(sum, count);
  return taken;
}

Sample pool_run(Fibonacci function, int count, int chunk_size) {
  const json measured = in_own_process([=] {
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
    run["main_bytes"] = memory_bytes(::getpid(), "VmHWM");
    run["worker_bytes"] = peak_of_workers(::getpid());
    return run;
  });
  Sample run;
  for (const auto& [quantity, value] : measured.items())  // NaN is null in JSON
    run[quantity] = value.is_null() ? std::numeric_limits<double>::quiet_NaN()
                                    : value.get<double>();
  return run;
}

double pool_seconds(Fibonacci function, int count, int chunk_size) {
  return pool_run(function, count, chunk_size).at("wall_seconds");
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
        rows.push_back({taken, kernel_bytes("/proc/self/status", "VmRSS")});
    }
    check_sum(sum, count);
    return rows;
  });
}

}  // namespace measurements
