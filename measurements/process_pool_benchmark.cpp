// What the pool of processes costs: one call there and back, calls in chunks, and bytes
// by each of the ways that they could be sent. What is compared is measured in turn.
//
//     process_pool_benchmark [--form trial|short|long]
#include <fmt/core.h>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "examples_2025_03_03_16_52/process_pool.hpp"
#include "measurements/bytes_to_a_process.hpp"
#include "measurements/comparison.hpp"
#include "measurements/measurement.hpp"
#include "measurements/resources.hpp"

namespace asio = boost::asio;

namespace measurements {
namespace {

int same(int x) {
  return x;
}
int length(const std::string& text) {
  return static_cast<int>(text.size());
}

// ---- One call, and calls in chunks --------------------------------------------------

// A worker and its caller take turns on one core, or wake each other on two, which
// takes many times as long on some machines. The scheduler decides that when a pool
// begins, so each run has a pool of its own, with few calls.

// To make a pool takes a part of a round, which is to have ten of them or more.
constexpr double long_round_seconds = 0.1;

double round_trip_in_processes(int calls) {
  ProcessPool pool(1);
  std::vector<double> taken;
  for (int i = 0; i < calls; ++i)
    taken.push_back(seconds_of([&] { pool.submit(same, i).get(); }));
  return median(taken);
}

double round_trip_in_threads(int calls) {
  asio::thread_pool pool(1);
  std::vector<double> taken;
  for (int i = 0; i < calls; ++i)
    taken.push_back(seconds_of(
        [&] { asio::post(pool, asio::use_future([i] { return same(i); })).get(); }));
  return median(taken);
}

double calls_per_second(int calls, int chunk_size) {
  std::vector<int> inputs(static_cast<std::size_t>(calls));
  std::iota(inputs.begin(), inputs.end(), 0);
  ProcessPool pool(2);
  long sum = 0;
  const double taken = seconds_of([&] {
    for (const int x : pool.map(same, inputs, chunk_size)) sum += x;
  });
  if (sum != long{calls} * (calls - 1) / 2) throw std::runtime_error("a wrong sum");
  return calls / taken;
}

// ---- Bytes ------------------------------------------------------------------------

/// Seconds for a call with so many bytes, in a packet or in memory.
double call_with_bytes(std::size_t size, std::size_t max_packet_size, int calls) {
  const std::string bytes(size, 'x');
  ProcessPool pool(1, {.max_packet_size = max_packet_size});
  std::vector<double> taken;
  for (int i = 0; i < calls; ++i)
    taken.push_back(seconds_of([&] { pool.submit(length, bytes).get(); }));
  return median(taken);
}

std::string size_name(std::size_t size) {
  if (size >= 1'000'000) return fmt::format("{}_mb", size / 1'000'000);
  return fmt::format("{}_kb", size / 1'000);
}

void measure_calls(const MeasurementOptions& options, Report& report, int calls) {
  Comparison seconds(
      options.form,
      {.short_seconds = 1, .long_rounds = 9, .max_round_seconds = long_round_seconds});
  seconds.add("call_seconds", [=] { return round_trip_in_processes(calls); });
  seconds.add("thread_call_seconds", [=] { return round_trip_in_threads(calls); });
  seconds.run();
  report.heading("one call there and back, to a process and to a thread");
  for (const std::string& peer : seconds.peers())
    report.add(peer, seconds.figure(peer));

  Comparison rates(options.form, {.short_seconds = 1, .long_rounds = 9});
  for (const int chunk_size : {1, 16, 256})
    rates.add(fmt::format("chunks_of_{}_calls_per_second", chunk_size), [=] {
      return calls_per_second(calls * (chunk_size == 1 ? 20 : 100), chunk_size);
    });
  rates.run();
  report.heading("calls in chunks, two workers");
  for (const std::string& peer : rates.peers()) report.add(peer, rates.figure(peer));
}

void measure_bytes(const MeasurementOptions& options, Report& report) {
  report.heading("bytes to another process: by stream, by new memory, by kept memory");
  for (const std::size_t size :
       {16'000ul, 64'000ul, 1'000'000ul, 10'000'000ul, 100'000'000ul}) {
    // Memory for the largest is taken anew for each message, and given back.
    const int messages = size < 1'000'000 ? 20 : size < 50'000'000 ? 2 : 1;
    Comparison rates(options.form, {.short_seconds = size == 10'000'000 ? 1 : 0.5,
                                    .long_seconds = 10,
                                    .long_rounds = 9});
    rates.add("bytes", [=] {
      need_memory(6.0 * static_cast<double>(size));
      return BytesToAProcess(size, messages).rates();
    });
    rates.run();
    for (const char* way : {"stream", "new_memory", "kept_memory"})
      report.add(fmt::format("{}_{}_bytes_per_second", way, size_name(size)),
                 rates.figure("bytes", way));
  }
}

void measure_calls_with_bytes(const MeasurementOptions& options, Report& report,
                              int calls) {
  report.heading("one call with so many bytes: in a packet, in memory");
  for (const std::size_t size :
       {1'000ul, 4'000ul, 16'000ul, 32'000ul, 64'000ul, 128'000ul}) {
    Comparison seconds(options.form, {.short_seconds = 0.7,
                                      .long_seconds = 10,
                                      .long_rounds = 9,
                                      .max_round_seconds = long_round_seconds});
    for (const auto& [way, max_packet_size] :
         {std::pair{"packet", 200'000ul}, std::pair{"memory", 0ul}})
      seconds.add(fmt::format("{}_{}_call_seconds", way, size_name(size)),
                  [=, max_size = max_packet_size] {
                    return call_with_bytes(size, max_size, calls);
                  });
    seconds.run();
    for (const std::string& peer : seconds.peers())
      report.add(peer, seconds.figure(peer));
  }
}

void measure_pool(const MeasurementOptions& options, Report& report) {
  measure_calls(options, report, by_form(options.form, 10, 50, 50));
  measure_bytes(options, report);
  measure_calls_with_bytes(options, report, by_form(options.form, 3, 15, 15));
}

}  // namespace
}  // namespace measurements

int main(int argc, char** argv) {
  return measurements::run_measurement(argc, argv, "process_pool",
                                       "What the pool of processes costs",
                                       measurements::measure_pool);
}
