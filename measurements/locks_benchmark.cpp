// What C++ threads have in place of one lock for all: how much they get in each other's
// way over locks, and over memory that they do not even share.
//
//     locks_benchmark [--form trial|short|long]
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "measurements/comparison.hpp"
#include "measurements/measurement.hpp"

namespace measurements {
namespace {

#ifdef __cpp_lib_hardware_interference_size
constexpr std::size_t cache_line = std::hardware_destructive_interference_size;
#else  // clang++ before 19 does not tell
constexpr std::size_t cache_line = 64;
#endif

/// Seconds from the first start of two threads to the last end.
double side_by_side(const std::function<void(int thread)>& work) {
  using clock = std::chrono::steady_clock;
  std::array<clock::time_point, 2> starts, ends;
  std::atomic<int> ready = 0;
  const auto run = [&](int thread) {
    const auto place = static_cast<std::size_t>(thread);
    // Without sleeping: a thread that is woken is first put on its waker's core.
    for (++ready; ready < 2;) continue;
    starts[place] = clock::now();
    work(thread);
    ends[place] = clock::now();
  };
  {
    const std::jthread first(run, 0);
    try {
      const std::jthread second(run, 1);
    } catch (...) {
      ready = 2;  // the first one waits for nobody
      throw;
    }
  }
  return std::chrono::duration<double>(std::max(ends[0], ends[1]) -
                                       std::min(starts[0], starts[1]))
      .count();
}

void check_count(long long counted, long long expected) {
  if (counted != expected) throw std::logic_error("an addition was lost");
}

// ---- Contention ---------------------------------------------------------------------

constexpr int parts = 64;

/// Each thread goes through the parts in an order of its own.
int part_of(int thread, int n) {
  return (thread == 0 ? n * 7 : n * 13 + 5) % parts;
}

// [locks]
struct OneLock {
  std::mutex mutex;
  std::array<long long, parts> counts{};

  void add(int part) {
    const std::lock_guard lock(mutex);
    ++counts[static_cast<std::size_t>(part)];
  }
};

struct LockForEachPart {
  struct alignas(cache_line) Part {
    std::mutex mutex;
    long long count = 0;
  };
  std::array<Part, parts> all;

  void add(int part) {
    Part& one = all[static_cast<std::size_t>(part)];
    const std::lock_guard lock(one.mutex);
    ++one.count;
  }
};
// [end of locks]

long long sum(const OneLock& counted) {
  long long all = 0;
  for (const long long count : counted.counts) all += count;
  return all;
}

long long sum(const LockForEachPart& counted) {
  long long all = 0;
  for (const auto& part : counted.all) all += part.count;
  return all;
}

template <class Counts>
double one_thread(int times) {
  Counts counts;
  const double seconds = seconds_of([&] {
    for (int thread = 0; thread < 2; ++thread)
      for (int n = 0; n < times; ++n) counts.add(part_of(thread, n));
  });
  check_count(sum(counts), 2LL * times);
  return seconds / (2.0 * times);
}

template <class Counts>
double two_threads(int times) {
  Counts counts;
  const double seconds = side_by_side([&](int thread) {
    for (int n = 0; n < times; ++n) counts.add(part_of(thread, n));
  });
  check_count(sum(counts), 2LL * times);
  return seconds / (2.0 * times);
}

/// Nothing is shared until both are done.
double own_counts(int times) {
  OneLock all;
  const double seconds = side_by_side([&](int thread) {
    std::array<long long, parts> own{};
    for (int n = 0; n < times; ++n) ++own[static_cast<std::size_t>(part_of(thread, n))];
    const std::lock_guard lock(all.mutex);
    for (std::size_t part = 0; part < parts; ++part) all.counts[part] += own[part];
  });
  check_count(sum(all), 2LL * times);
  return seconds / (2.0 * times);
}

// ---- False sharing ------------------------------------------------------------------

// [lines]
struct OneLine {
  alignas(cache_line) std::atomic<long long> first = 0;
  std::atomic<long long> second = 0;
};

struct TwoLines {
  alignas(cache_line) std::atomic<long long> first = 0;
  alignas(cache_line) std::atomic<long long> second = 0;
};
// [end of lines]

/// Each counter has one writer: nothing needs a lock. An atomic one is really written
/// each time, where the compiler would keep a plain one in a register.
void count(std::atomic<long long>& counter, int times) {
  for (int n = 0; n < times; ++n)
    counter.store(counter.load(std::memory_order_relaxed) + 1,
                  std::memory_order_relaxed);
}

template <class Counters>
double two_counters(int times) {
  Counters counters;
  const double seconds = side_by_side([&](int thread) {
    count(thread == 0 ? counters.first : counters.second, times);
  });
  check_count(counters.first, times);
  check_count(counters.second, times);
  return seconds / times;
}

double one_counter(int times) {
  TwoLines counters;
  const double seconds = seconds_of([&] { count(counters.first, times); });
  check_count(counters.first, times);
  return seconds / times;
}

// ---- A count that two threads change ------------------------------------------------

/// As the references to an object are counted where any thread may do it.
void count_atomically(std::atomic<long long>& counter, int times) {
  for (int n = 0; n < times; ++n) counter.fetch_add(1, std::memory_order_relaxed);
}

double one_atomic_counter(int times) {
  TwoLines counters;
  const double seconds = seconds_of([&] { count_atomically(counters.first, times); });
  check_count(counters.first, times);
  return seconds / times;
}

double shared_atomic_counter(int times) {
  TwoLines counters;
  const double seconds =
      side_by_side([&](int) { count_atomically(counters.first, times); });
  check_count(counters.first, 2LL * times);
  return seconds / (2.0 * times);
}

// ---- What is printed ----------------------------------------------------------------

struct Way {
  const char* figure;
  const char* words;
  std::function<double()> seconds;
};

void measure_ways(const char* title, const char* rows, const std::vector<Way>& ways,
                  const MeasurementOptions& options, Report& report) {
  Comparison seconds(options.form, {.short_seconds = 1.5, .long_rounds = 41});
  for (const Way& way : ways) seconds.add(way.figure, way.seconds);
  seconds.run();
  report.heading(title);
  for (const Way& way : ways) {
    const Figure figure = seconds.figure(way.figure);
    report.add(fmt::format("{}_seconds", way.figure), figure);
    report.add_row(rows, {{"way", way.words}}, {{"addition_seconds", figure}});
  }
}

void measure_locks(const MeasurementOptions& options, Report& report) {
  // A run takes some milliseconds: far more than two threads need to begin, and so
  // little that a round has several pairs, for how much they get in each other's way
  // depends on the cores on which they land.
  const int times = by_form(options.form, 10'000, 60'000, 60'000);
  measure_ways(
      "one addition, to one of 64 parts", "contention",
      {{"alone", "one thread, one lock", [&] { return one_thread<OneLock>(times); }},
       {"one_lock", "two threads, one lock",
        [&] { return two_threads<OneLock>(times); }},
       {"lock_per_part", "two threads, a lock for each part",
        [&] { return two_threads<LockForEachPart>(times); }},
       {"own_counts", "two threads, each with parts of its own",
        [&] { return own_counts(times * 200); }}},
      options, report);
  measure_ways("one addition, to a counter with one writer", "false_sharing",
               {{"one_counter", "one thread", [&] { return one_counter(times * 100); }},
                {"two_lines", "two threads, two cache lines",
                 [&] { return two_counters<TwoLines>(times * 100); }},
                {"one_line", "two threads, one cache line",
                 [&] { return two_counters<OneLine>(times * 10); }}},
               options, report);
  measure_ways("one addition to a count of references", "reference_counts",
               {{"plain_count", "a plain count, one thread",
                 [&] { return one_counter(times * 100); }},
                {"atomic_count", "an atomic count, one thread",
                 [&] { return one_atomic_counter(times * 20); }},
                {"shared_count", "an atomic count, two threads",
                 [&] { return shared_atomic_counter(times * 5); }}},
               options, report);
}

}  // namespace
}  // namespace measurements

int main(int argc, char** argv) {
  return measurements::run_measurement(
      argc, argv, "locks", "What threads cost each other", measurements::measure_locks);
}
