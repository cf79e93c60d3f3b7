// Fibonacci numbers by a pool of processes: when it loses, what the chunk size does,
// what results cost that are kept, and the same additions in C++ and in CPython.
//
//     map_or_not_benchmark [--form trial|short|long]
#include <fcntl.h>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/multiprecision/cpp_int.hpp>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "examples_2017_09_09_12_16/process.hpp"
#include "examples_2025_03_03_16_52/process_pool.hpp"
#include "examples_2025_03_03_17_26/fibonacci.hpp"
#include "measurements/comparison.hpp"
#include "measurements/measurement.hpp"
#include "measurements/resources.hpp"
#include "measurements/run_command.hpp"

using boost::multiprecision::cpp_int;
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

// ---- A process of its own for each measurement, so that memory is its own -----------

/// \throws NotMeasured where the process could not, for a limit of the machine's.
json in_own_process(const std::function<json()>& measured) {
  std::array<int, 2> ends;
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw std::system_error(errno, std::generic_category(), "pipe2");
  const auto answer = [&]() -> json {
    try {
      return {{"measured", measured()}};
    } catch (const std::exception& error) {
      const std::optional<std::string> reason = reason_of(error);
      if (!reason) throw;
      return {{"not_measured", *reason}};
    }
  };
  Process process([&] {
    const std::string text = answer().dump();
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
  if (process.exit_code() == -SIGKILL)
    throw NotMeasured(
        "its process was killed, as the kernel does where memory runs out");
  if (process.exit_code() != 0) throw std::runtime_error("a measurement failed");
  json said = json::parse(text);
  if (said.contains("not_measured"))
    throw NotMeasured(said["not_measured"].get<std::string>());
  return said["measured"];
}

/// A number of bytes that the kernel gives of a process; NaN if it gives none.
double memory_bytes(const std::string& pid, const std::string& field) {
  const std::uint64_t bytes = kernel_bytes("/proc/" + pid + "/status", field);
  return bytes > 0 ? static_cast<double>(bytes)
                   : std::numeric_limits<double>::quiet_NaN();
}

/// The most that a descendant named `worker N` has had; NaN if none is found.
double peak_of_workers(const std::string& pid) {
  double peak = std::numeric_limits<double>::quiet_NaN();
  std::ifstream name_file("/proc/" + pid + "/comm");
  std::string name;
  if (std::getline(name_file, name) && name.starts_with("worker"))
    peak = memory_bytes(pid, "VmHWM");
  std::ifstream children("/proc/" + pid + "/task/" + pid + "/children");
  for (std::string child; children >> child;)
    peak = std::fmax(peak, peak_of_workers(child));  // NaN counts as less
  return peak;
}

// ---- What is measured ---------------------------------------------------------------

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
    run["main_bytes"] = memory_bytes("self", "VmHWM");
    run["worker_bytes"] = peak_of_workers(std::to_string(::getpid()));
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
        rows.push_back({taken, kernel_bytes("/proc/self/status", "VmRSS")});
    }
    check_sum(sum, count);
    return rows;
  });
}

// ---- CPython ------------------------------------------------------------------------

/// The seconds that stand behind "<what>:" in a program's output.
double seconds_after(const std::string& output, const std::string& what) {
  const std::string label = what + ":";
  const std::size_t at = output.find(label);
  if (at == std::string::npos)
    throw std::runtime_error(fmt::format("map_or_not.py prints no {}", what));
  return std::stod(output.substr(at + label.size()));
}

/// Seconds on one core, `one_core`, and in a pool of two, by the size of a chunk.
Sample run_cpython(const MeasurementOptions& options, int count,
                   const std::vector<int>& chunk_sizes) {
  const std::string output =
      run_command({options.python, "-B",
                   options.root + "/examples_2025_03_03_17_26/map_or_not.py", "--count",
                   std::to_string(count), "--workers", "2", "--chunks",
                   fmt::format("{}", fmt::join(chunk_sizes, ","))})
          .output;
  Sample times{{"one_core", seconds_after(output, "one core")}};
  for (const int size : chunk_sizes)
    times[std::to_string(size)] =
        seconds_after(output, fmt::format("chunks of {}", size));
  return times;
}

// ---- The steps from the tutorial's line to the fastest loop -------------------------

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

void measure_steps(const MeasurementOptions& options, int count, Report& report) {
  const int step = 10;  // every tenth number, which is enough for a ratio
  Comparison ways(options.form,
                  {.short_seconds = 1.5, .long_seconds = 30, .long_rounds = 3});
  ways.add("a, b = b, a + b: cpp_int",
           [=] { return as_written<cpp_int>(count, step); });
  ways.add("a, b = b, a + b: GMP", [=] { return as_written<BigNumber>(count, step); });
  ways.add("a += b: cpp_int", [=] { return in_place_with_cpp_int(count, step); });
  ways.add("a += b: GMP", [=] { return by(fibonacci, count, step); });
  ways.add("mpn_add_n of GMP", [=] { return by(fibonacci_by_limbs, count, step); });
  ways.add("fast doubling", [=] { return by(fibonacci_by_doubling, count, step); });
  ways.run();
  report.heading("one core, every tenth number");
  for (const std::string& way : ways.peers())
    report.add_row("steps", {{"way", way}}, {{"wall_seconds", ways.figure(way)}});
}

void measure_when_a_pool_loses(const MeasurementOptions& options, int count,
                               Report& report) {
  report.heading("so many numbers, by a loop and by a pool of two");
  for (int numbers = 100; numbers <= count; numbers *= 10)
    for (const int n : {numbers, numbers * 3}) {
      if (n > count) break;
      Comparison ways(options.form,
                      {.short_seconds = 0.5, .long_seconds = 10, .long_rounds = 3});
      ways.add("one core", [n] { return on_one_core(fibonacci, n); });
      ways.add("pool, chunks of 1", [n] { return pool_seconds(fibonacci, n, 1); });
      ways.add("pool, chunks of 100", [n] { return pool_seconds(fibonacci, n, 100); });
      ways.run();
      for (const std::string& way : ways.peers())
        report.add_row("counts", {{"numbers", std::int64_t{n}}, {"way", way}},
                       {{"wall_seconds", ways.figure(way)}});
    }
}

std::string name_of(const char* way, int chunk_size) {
  return fmt::format("{}, chunks of {}", way, chunk_size);
}

/// The way with the smallest median.
template <class Way>
const Way* best_of(const std::vector<Way>& ways) {
  const Way* best = nullptr;
  for (const Way& way : ways)
    if (way.figure.is_measured() &&
        (!best || way.figure.value() < best->figure.value()))
      best = &way;
  return best;
}

void measure_chunk_sizes(const MeasurementOptions& options, int count, Report& report) {
  struct Way {
    int chunk_size;
    Comparison::Source source;
    Figure figure;
  };
  std::vector<int> sizes;
  for (int chunk_size = 1; chunk_size <= count; chunk_size *= 10)
    for (const int size : {chunk_size, chunk_size * 3})
      if (size <= count) sizes.push_back(size);
  const std::vector<int> cpython_sizes{1, 10, 100, 1000}, limbs_sizes{10, 30, 100};

  Comparison ways(options.form,
                  {.short_seconds = 4, .long_seconds = 60, .long_rounds = 3});
  ways.add("CPython", [&] { return run_cpython(options, count, cpython_sizes); });
  for (const int size : sizes)
    ways.add(name_of("C++", size), [=] { return pool_run(fibonacci, count, size); });
  for (const int size : limbs_sizes)
    ways.add(name_of("limbs", size),
             [=] { return pool_seconds(fibonacci_by_limbs, count, size); });
  ways.add("doubling", [=] { return pool_seconds(fibonacci_by_doubling, count, 300); });
  ways.add("doubling_one_core",
           [=] { return on_one_core(fibonacci_by_doubling, count); });
  ways.add("ranges", [=] { return pool_seconds_by_ranges(count, 500); });
  ways.add("ranges_one_core", [=] { return ranges_on_one_core(count, 500); });
  ways.run();

  const auto way = [&](int size, const Comparison::Source& source) {
    return Way{size, source, ways.figure(source.peer, source.quantity)};
  };
  std::vector<Way> cpp, cpython, limbs;
  for (const int size : sizes)
    cpp.push_back(way(size, {name_of("C++", size), "wall_seconds"}));
  for (const int size : cpython_sizes)
    cpython.push_back(way(size, {"CPython", std::to_string(size)}));
  for (const int size : limbs_sizes)
    limbs.push_back(way(size, {name_of("limbs", size)}));

  report.heading("a pool of two, by the size of a chunk");
  for (const auto& [language, all] : {std::pair{"C++", cpp}, {"CPython", cpython}})
    for (const Way& one : all)
      report.add_row(
          "chunk_sizes",
          {{"chunk_size", std::int64_t{one.chunk_size}}, {"language", language}},
          {{"wall_seconds", one.figure}});
  for (const int size : sizes)
    for (const auto& [process, quantity] :
         {std::pair{"main process", "main_bytes"}, {"a worker", "worker_bytes"}})
      report.add_row("chunk_memory",
                     {{"chunk_size", std::int64_t{size}}, {"process", process}},
                     {{"memory_bytes", ways.figure(name_of("C++", size), quantity)}});

  report.heading("the best of them, and CPython's best as a multiple of others");
  const Way* const cpython_best = best_of(cpython);
  const auto add_best = [&](const std::string& name, const std::vector<Way>& all) {
    const Way* best = best_of(all);
    report.add(name + "_seconds", best ? best->figure : all[0].figure);
  };
  const auto add_ratio = [&](const std::string& name, const std::vector<Way>& all) {
    const Way* best = best_of(all);
    report.add(name + "_ratio",
               !cpython_best
                   ? Figure::not_measured("CPython's times were not measured: " +
                                          cpython[0].figure.reason())
               : !best ? all[0].figure
                       : ways.derived({cpython_best->source, best->source},
                                      [](const std::vector<double>& seconds) {
                                        return seconds[0] / seconds[1];
                                      }));
  };
  const auto add_size = [&](const std::string& name, const std::vector<Way>& all) {
    const Way* best = best_of(all);
    report.add(name + "_chunk_size",
               best ? Figure::counted(best->chunk_size) : all[0].figure);
  };
  report.add("cpython_one_core_seconds", ways.figure("CPython", "one_core"));
  add_best("cpython_best", cpython);
  add_size("cpython_best", cpython);
  add_best("best", cpp);
  add_size("best", cpp);
  add_ratio("same_iteration", cpp);
  add_best("limbs", limbs);
  add_ratio("limbs", limbs);
  for (const std::string name :
       {"doubling", "doubling_one_core", "ranges", "ranges_one_core"}) {
    const std::vector<Way> only{way(0, {name})};
    add_best(name, only);
    add_ratio(name, only);
  }
}

void measure_results(int count, Report& report) {
  report.heading("memory of the main process after so many results");
  for (const bool keep : {true, false}) {
    const std::string figure = keep ? "kept_bytes" : "used_bytes";
    const char* const way = keep ? "kept in a list" : "used as they come";
    const auto add = [&](int results, const Figure& memory) {
      report.add_row("results", {{"results", std::int64_t{results}}, {"way", way}},
                     {{"memory_bytes", memory}});
    };
    Figure last = Figure::not_measured("no result was measured");
    try {
      for (const json& row : memory_over_results(count, keep))
        add(row[0], last = Figure::of_rounds({row[1].get<double>()}));
    } catch (const std::exception& error) {
      const std::optional<std::string> reason = reason_of(error);
      if (!reason) throw;
      add(count, last = Figure::not_measured(*reason));
    }
    report.add(figure, last);
  }
}

void measure_map_or_not(const MeasurementOptions& options, Report& report) {
  const int count = by_form(options.form, 1000, 4000, 10'000);
  report.add_fact("numbers", std::int64_t{count});
  report.add_fact("digits_of_last",
                  static_cast<std::int64_t>(fibonacci(count - 1).str().size()));
  measure_steps(options, count, report);
  measure_when_a_pool_loses(options, count, report);
  measure_chunk_sizes(options, count, report);
  measure_results(count, report);
}

}  // namespace
}  // namespace measurements

int main(int argc, char** argv) {
  return measurements::run_measurement(argc, argv, "map_or_not",
                                       "Fibonacci numbers by a pool of processes",
                                       measurements::measure_map_or_not);
}
