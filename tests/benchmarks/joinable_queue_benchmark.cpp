// The joinable queue, in shared memory, beside one of pipes: the same items through
// both, in turn. Each figure is the median of several rounds.
//
//     joinable_queue_benchmark [--quick]
#include <fmt/core.h>

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "examples_2017_09_09_12_16/message_passing/joinable_queue.hpp"
#include "examples_2017_09_09_12_16/process.hpp"
#include "tests/benchmarks/measure.hpp"
#include "tests/benchmarks/pipe_queue.hpp"

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
        .emplace_back([&] {
          items.only_get();
          sums.only_put();
          std::uint64_t sum = 0;
          for (T item; (item = items.get()) != pill; items.task_done()) {
            if (item != make_item<T>(item[0])) throw std::runtime_error("a torn item");
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
  Process other([&] {
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

struct Compared {
  std::vector<double> memory, pipes;

  /// Takes one round, the two in turn.
  template <class ByMemory, class ByPipes>
  void round(bool memory_first, const ByMemory& by_memory, const ByPipes& by_pipes) {
    if (memory_first) memory.push_back(by_memory());
    pipes.push_back(by_pipes());
    if (!memory_first) memory.push_back(by_memory());
  }

  void report(nlohmann::json& figures, const std::string& name) const {
    const double one = median(memory), other = median(pipes);
    figures["memory_" + name + "_per_second"] = one;
    figures["pipes_" + name + "_per_second"] = other;
    fmt::print("{:<24}  {:>12.0f}  {:>12.0f}  {:>6.2f} x\n", name, one, other,
               one / other);
  }
};

template <std::size_t size>
void compare(nlohmann::json& figures, bool quick) {
  using T = Item<size>;
  const int rounds = quick ? 1 : 11;
  const std::uint64_t count = quick ? 1'000 : 100'000;
  Compared one, four, answered;
  for (int round = 0; round < rounds; ++round) {
    const bool memory_first = round % 2 == 0;
    for (const int consumers : {1, 4})
      (consumers == 1 ? one : four)
          .round(
              memory_first,
              [&] { return items_per_second<T, MemoryQueue>(consumers, count); },
              [&] { return items_per_second<T, PipeQueue>(consumers, count); });
    answered.round(
        memory_first, [&] { return answers_per_second<T, MemoryQueue>(count / 10); },
        [&] { return answers_per_second<T, PipeQueue>(count / 10); });
  }
  const std::string name = fmt::format("items_of_{}", size);
  one.report(figures, name + "_to_1");
  four.report(figures, name + "_to_4");
  answered.report(figures, name + "_answered");
}

}  // namespace

int main(int argc, char** argv) {
  return measure(argc, argv, "The joinable queue beside one of pipes",
                 [](const MeasureOptions& options, nlohmann::json& figures) {
                   fmt::print("{:<24}  {:>12}  {:>12}\n", "items a second", "memory",
                              "pipes");
                   compare<8>(figures, options.quick);
                   compare<4096>(figures, options.quick);
                 });
}
