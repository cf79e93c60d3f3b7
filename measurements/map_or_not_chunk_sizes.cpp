// A pool of two by the size of a chunk, in both languages, and what is faster than
// that.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "measurements/command_output.hpp"
#include "measurements/comparison.hpp"
#include "measurements/fibonacci_runs.hpp"
#include "measurements/map_or_not.hpp"
#include "measurements/run_command.hpp"

namespace measurements {
namespace {

/// Seconds on one core, `one_core`, and in a pool of two, by the size of a chunk.
Sample run_cpython(const MeasurementOptions& options, int count,
                   const std::vector<int>& chunk_sizes) {
  const std::string output =
      run_command({options.python, "-B",
                   options.root + "/examples_2025_03_03_17_26/map_or_not.py", "--count",
                   std::to_string(count), "--workers", "2", "--chunks",
                   fmt::format("{}", fmt::join(chunk_sizes, ","))})
          .output;
  const auto seconds_after = [&](const std::string& what) {
    return number_in(output, what + ": *([0-9.]+)");
  };
  Sample times{{"one_core", seconds_after("one core")}};
  for (const int size : chunk_sizes)
    times[std::to_string(size)] = seconds_after(fmt::format("chunks of {}", size));
  return times;
}

std::string name_of(const char* way, int chunk_size) {
  return fmt::format("{}, chunks of {}", way, chunk_size);
}

/// One way to compute the numbers, and how long it took.
struct Way {
  int chunk_size;
  Comparison::Source source;
  Figure seconds;
};

/// The way with the smallest median; none if none was measured.
const Way* best_of(const std::vector<Way>& ways) {
  const Way* best = nullptr;
  for (const Way& way : ways)
    if (way.seconds.is_measured() &&
        (!best || way.seconds.value() < best->seconds.value()))
      best = &way;
  return best;
}

class ChunkSizes {
 public:
  ChunkSizes(const MeasurementOptions& options, int count, Report& report)
      : options_(options),
        count_(count),
        report_(report),
        runs_(options.form,
              {.short_seconds = 4, .long_seconds = 60, .long_rounds = 3}) {
    for (int chunk_size = 1; chunk_size <= count; chunk_size *= 10)
      for (const int size : {chunk_size, chunk_size * 3})
        if (size <= count) sizes_.push_back(size);
  }

  void run() {
    const int count = count_;
    runs_.add("CPython",
              [this] { return run_cpython(options_, count_, cpython_sizes_); });
    for (const int size : sizes_)
      runs_.add(name_of("C++", size), [=] { return pool_run(fibonacci, count, size); });
    for (const int size : limbs_sizes_)
      runs_.add(name_of("limbs", size),
                [=] { return pool_seconds(fibonacci_by_limbs, count, size); });
    runs_.add("doubling",
              [=] { return pool_seconds(fibonacci_by_doubling, count, 300); });
    runs_.add("doubling_one_core",
              [=] { return on_one_core(fibonacci_by_doubling, count); });
    runs_.add("ranges", [=] { return pool_seconds_by_ranges(count, 500); });
    runs_.add("ranges_one_core", [=] { return ranges_on_one_core(count, 500); });
    runs_.run();
    for (const int size : sizes_)
      cpp_.push_back(way(size, {name_of("C++", size), "wall_seconds"}));
    for (const int size : cpython_sizes_)
      cpython_.push_back(way(size, {"CPython", std::to_string(size)}));
    for (const int size : limbs_sizes_)
      limbs_.push_back(way(size, {name_of("limbs", size)}));
  }

  /// Time and memory of each size.
  void add_rows() {
    report_.heading("a pool of two, by the size of a chunk");
    for (const auto& [language, ways] :
         {std::pair{"C++", &cpp_}, {"CPython", &cpython_}})
      for (const Way& one : *ways)
        report_.add_row(
            "chunk_sizes",
            {{"chunk_size", std::int64_t{one.chunk_size}}, {"language", language}},
            {{"wall_seconds", one.seconds}});
    for (const int size : sizes_)
      for (const auto& [process, quantity] :
           {std::pair{"main process", "main_bytes"}, {"a worker", "worker_bytes"}})
        report_.add_row(
            "chunk_memory", {{"chunk_size", std::int64_t{size}}, {"process", process}},
            {{"memory_bytes", runs_.figure(name_of("C++", size), quantity)}});
  }

  /// The best of each way, and CPython's best as a multiple of it.
  void add_bests() {
    report_.heading("the best of them, and CPython's best as a multiple of others");
    report_.add("cpython_one_core_seconds", runs_.figure("CPython", "one_core"));
    add_best("cpython_best", cpython_);
    add_size("cpython_best", cpython_);
    add_best("best", cpp_);
    add_size("best", cpp_);
    add_ratio("same_iteration", cpp_);
    add_best("limbs", limbs_);
    add_ratio("limbs", limbs_);
    for (const std::string name :
         {"doubling", "doubling_one_core", "ranges", "ranges_one_core"}) {
      const std::vector<Way> only{way(0, {name})};
      add_best(name, only);
      add_ratio(name, only);
    }
  }

 private:
  Way way(int size, const Comparison::Source& source) const {
    return {size, source, runs_.figure(source.peer, source.quantity)};
  }

  void add_best(const std::string& name, const std::vector<Way>& ways) {
    const Way* const best = best_of(ways);
    report_.add(name + "_seconds", best ? best->seconds : ways[0].seconds);
  }

  void add_size(const std::string& name, const std::vector<Way>& ways) {
    const Way* const best = best_of(ways);
    report_.add(name + "_chunk_size",
                best ? Figure::counted(best->chunk_size) : ways[0].seconds);
  }

  void add_ratio(const std::string& name, const std::vector<Way>& ways) {
    report_.add(name + "_ratio", ratio_to(ways));
  }

  Figure ratio_to(const std::vector<Way>& ways) const {
    const Way* const peer = best_of(cpython_);
    if (!peer)
      return Figure::not_measured("CPython's times were not measured: " +
                                  cpython_[0].seconds.reason());
    const Way* const best = best_of(ways);
    if (!best) return ways[0].seconds;
    return runs_.derived(
        {peer->source, best->source},
        [](const std::vector<double>& seconds) { return seconds[0] / seconds[1]; });
  }

  const MeasurementOptions& options_;
  const int count_;
  Report& report_;
  Comparison runs_;
  std::vector<int> sizes_;
  const std::vector<int> cpython_sizes_{1, 10, 100, 1000}, limbs_sizes_{10, 30, 100};
  std::vector<Way> cpp_, cpython_, limbs_;
};

}  // namespace

void measure_chunk_sizes(const MeasurementOptions& options, int count, Report& report) {
  ChunkSizes sizes(options, count, report);
  sizes.run();
  sizes.add_rows();
  sizes.add_bests();
}

}  // namespace measurements
