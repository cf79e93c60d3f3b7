// The steps from the tutorial's line to the fastest loop.
#include <boost/multiprecision/cpp_int.hpp>
#include <string>
#include <utility>

#include "measurements/comparison.hpp"
#include "measurements/fibonacci_runs.hpp"
#include "measurements/map_or_not.hpp"

using boost::multiprecision::cpp_int;

namespace measurements {
namespace {

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

}  // namespace

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

}  // namespace measurements
