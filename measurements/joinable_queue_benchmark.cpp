// The joinable queue, in shared memory, beside one of pipes: the same items through
// both, in turn.
//
//     joinable_queue_benchmark [--form trial|short|long]
#include <fmt/core.h>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "examples_2017_09_09_12_16/message_passing/joinable_queue.hpp"
#include "examples_2017_09_09_12_16/process.hpp"
#include "measurements/comparison.hpp"
#include "measurements/measurement.hpp"
#include "measurements/pipe_queue.hpp"

namespace measurements {
namespace {

constexpr std::size_t capacity = 64;

/// An item has its number in all places.
template <std::size_t size>
using Item = std::array<std::uint64_t, size / sizeof(std::uint64_t)>;

template <class T>
T make_item(std::uint64_t number) {
  T item;
  item.fill(number);
  return item;
}

/// If what they wait for never comes, since the measurement has failed, they are ended.
const ProcessOptions unattended{.daemon = true};

template <class T>
class MemoryQueue : public JoinableQueue<T> {
 public:
  using JoinableQueue<T>::JoinableQueue;
  void only_put() {}  // it sees that by itself
  void only_get() {}
};

/// Items a second, from one process to so many, until all is done.
template <class T, template <class> class Queue>
double items_per_second(int consumers, std::uint64_t count) {
  Queue<T> items(capacity);
  Queue<std::uint64_t> sums(static_cast<std::size_t>(consumers));
  const T pill = make_item<T>(count);
  std::vector<Process> processes;
  for (int n = 0; n < consumers; ++n)
    processes
        .emplace_back(unattended,
                      [&] {
                        items.only_get();
                        sums.only_put();
                        std::uint64_t sum = 0;
                        for (T item; (item = items.get()) != pill; items.task_done()) {
                          if (item != make_item<T>(item[0]))
                            throw std::runtime_error("a torn item");
                          sum += item[0];
                        }
                        items.task_done();
                        sums.put(sum);
                      })
        .start();
  items.only_put();
  sums.only_get();
  const double taken = seconds_of([&] {
    for (std::uint64_t i = 0; i < count; ++i) items.put(make_item<T>(i));
    items.join();
  });
  for (int n = 0; n < consumers; ++n) items.put(pill);
  std::uint64_t sum = 0;
  for (int n = 0; n < consumers; ++n) {
    sum += sums.get();
    sums.task_done();
  }
  if (sum != count * (count - 1) / 2) throw std::runtime_error("a wrong sum");
  return static_cast<double>(count) / taken;
}

/// Items a second that are sent to a process and back, one after the other.
template <class T, template <class> class Queue>
double answers_per_second(std::uint64_t count) {
  Queue<T> there(capacity), back(capacity);
  Process other(unattended, [&] {
    there.only_get();
    back.only_put();
    for (std::uint64_t i = 0; i < count; ++i) {
      back.put(there.get());
      there.task_done();
    }
  });
  other.start();
  there.only_put();
  back.only_get();
  const double taken = seconds_of([&] {
    for (std::uint64_t i = 0; i < count; ++i) {
      const T item = make_item<T>(i);
      there.put(item);
      if (back.get() != item) throw std::runtime_error("a wrong answer");
      back.task_done();
    }
  });
  return static_cast<double>(count) / taken;
}

template <std::size_t size>
void compare(const MeasurementOptions& options, Report& report) {
  using T = Item<size>;
  const auto count = by_form<std::uint64_t>(options.form, 1'000, 20'000, 100'000);
  Comparison rates(options.form,
                   {.short_seconds = 4, .long_seconds = 60, .long_rounds = 11});
  const std::string name = fmt::format("items_of_{}", size);
  for (const int consumers : {1, 4}) {
    const std::string to = fmt::format("{}_to_{}_per_second", name, consumers);
    rates.add("memory_" + to,
              [=] { return items_per_second<T, MemoryQueue>(consumers, count); });
    rates.add("pipes_" + to,
              [=] { return items_per_second<T, PipeQueue>(consumers, count); });
  }
  rates.add("memory_" + name + "_answered_per_second",
            [=] { return answers_per_second<T, MemoryQueue>(count / 10); });
  rates.add("pipes_" + name + "_answered_per_second",
            [=] { return answers_per_second<T, PipeQueue>(count / 10); });
  rates.run();
  report.heading(fmt::format("items of {} bytes", size));
  for (const std::string& peer : rates.peers()) report.add(peer, rates.figure(peer));
}

void measure_joinable_queue(const MeasurementOptions& options, Report& report) {
  compare<8>(options, report);
  compare<4096>(options, report);
}

}  // namespace
}  // namespace measurements

int main(int argc, char** argv) {
  return measurements::run_measurement(argc, argv, "joinable_queue",
                                       "The joinable queue beside one of pipes",
                                       measurements::measure_joinable_queue);
}
