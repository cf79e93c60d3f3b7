// Fibonacci numbers by a pool of processes: when it loses, what the chunk size does,
// what results cost that are kept, and the same additions in C++ and in CPython.
//
//     map_or_not_benchmark [--form trial|short|long]
#include <cstdint>
#include <exception>
#include <optional>
#include <string>

#include "measurements/comparison.hpp"
#include "measurements/fibonacci_runs.hpp"
#include "measurements/map_or_not.hpp"

using nlohmann::json;

namespace measurements {
namespace {

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
