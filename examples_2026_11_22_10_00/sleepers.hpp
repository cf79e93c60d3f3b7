/// @file
/// @defgroup sleepers sleepers.hpp
/// @brief What the programs with sleeping tasks share: lengths, and a report.
/// @{
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>

#include "examples_2017_09_09_12_15/timer.hpp"
#include "examples_2026_11_22_10_00/sleeper_options.hpp"

inline namespace book {

/// A number of tasks that sleep at the same time, and what they cost.
///
/// Tells how long each task sleeps, and prints what became of them in three lines; one
/// more where the system gave no more tasks.
class Sleepers {
 public:
  /// A length of time, as the steady clock counts it.
  using Duration = std::chrono::steady_clock::duration;

  /// Takes note of what memory is used, and starts the stopwatch.
  /// @param options What tasks there will be.
  explicit Sleepers(const SleeperOptions& options);

  /// How many tasks are wanted.
  std::size_t tasks() const { return options_.tasks; }

  /// How many different lengths there are.
  std::uint64_t durations() const { return options_.durations; }

  /// The length with a number, 0 to durations() - 1: they grow with it.
  Duration length(std::uint64_t number) const;

  /// The number of a task's length: each comes as often, in no order.
  std::uint64_t length_number(std::size_t task) const {
    return (task * 2'654'435'761 % two_to_the_32nd * options_.durations) /
           two_to_the_32nd;
  }

  /// How long a task sleeps.
  Duration length_of(std::size_t task) const { return length(length_number(task)); }

  /// Looks, from time to time, whether the machine can take more tasks.
  /// @param created How many there are.
  /// @throws std::runtime_error where less than an eighth of its memory is left: beyond
  ///   that the kernel ends programs, and not only this one.
  void check_machine(std::size_t created) const;

  /// There will be no more tasks: created() will say so. Sets the limit on memory
  ///   back, since what follows needs some.
  /// @param why What the system, or check_machine(), said.
  void limit_met(const std::exception& why);

  /// Says that all tasks were created, and looks at what they take.
  /// @param created How many there are.
  /// @param asleep How many of them have gone to sleep and were not woken yet.
  void created(std::size_t created, std::size_t asleep);

  /// Says that all tasks have ended, and what each has cost.
  /// @param woken How many have slept to their end.
  /// @return The program's exit code: 0 if that is as many as were wanted, else 1.
  int woken(std::size_t woken);

 private:
  static constexpr std::uint64_t two_to_the_32nd = std::uint64_t{1} << 32;
  using Memory = std::array<std::int64_t, 4>;
  Memory memory() const;

  SleeperOptions options_;
  Timer timer_;
  std::size_t created_ = 0;
  std::string limit_;
  Memory before_{}, taken_{};
};

}  // namespace book

/// @}
