/// @file
/// The styles of the measurement `sleepers`, and how their tasks are run.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "measurements/comparison.hpp"
#include "measurements/measurement.hpp"

namespace measurements {

/// How many durations the tasks sleep for, where there are few.
constexpr std::uint64_t ten_durations = 10;
/// So many that each task has its own.
constexpr std::uint64_t any_durations = std::uint64_t{1} << 32;

/// Whether a sanitizer takes all of the address space, and time.
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
constexpr bool has_sanitizer = true;
#else
constexpr bool has_sanitizer = false;
#endif

/// A program that has tasks sleep.
struct SleepingStyle {
  std::string name;  ///< In the figures.
  std::string words;
  std::vector<std::string> command;
  std::uint64_t max_tasks;  ///< So many are tried.
  std::string missing;      ///< Why it cannot be run; empty if it can.
};

/// Whether the kernel has a record of each task.
bool is_of_the_kernel(const SleepingStyle& style);

/// What a program says of a limit that it met: a pattern with one group.
inline constexpr const char* limit_pattern = "no more than (\\d+ \\w+: .*)";

/// Runs tasks that sleep at the same time, for as long as that takes on this machine.
class SleepingTasks {
 public:
  explicit SleepingTasks(Form form) : form_(form) {}

  /// @param durations How many different ones there are.
  /// @throws NotMeasured if the machine cannot have so many, or they never sleep all at
  ///   once.
  Sample run(const SleepingStyle& style, std::uint64_t tasks, std::uint64_t durations);

  /// Go's, once it has run.
  const std::string& go_version() const { return go_version_; }

  /// Seconds that so many take to be created and woken, as fewer have shown.
  double seconds_of(const SleepingStyle& style, std::uint64_t tasks) const;

 private:
  /// What the runs with the most tasks have shown of a style, for each task.
  struct Known {
    std::uint64_t tasks = 0;
    double seconds = 0;  // to create it
    double bytes = 0;
  };
  /// What is tried, and how long it took to create all tasks.
  struct Trial {
    std::uint64_t tasks;
    std::uint64_t durations;
    double sleep_seconds;  // of the first task that wakes
    double created_seconds;
  };

  static void learn(Known& known, const Known& run);
  std::string spread(const Trial& trial) const;
  std::optional<Sample> try_go(const SleepingStyle& style, Trial& trial);
  std::optional<Sample> try_program(const SleepingStyle& style, Trial& trial);

  const Form form_;
  std::map<std::string, Known> known_;
  std::string go_version_;
};

/// All styles, and how many tasks they are compared with.
class SleepingStyles {
 public:
  explicit SleepingStyles(const MeasurementOptions& options);

  /// The styles, in the order of the book.
  const std::vector<SleepingStyle>& all() const { return styles_; }

  /// The steps to the style `own`, whose frames are smaller with each of them.
  const std::vector<SleepingStyle>& steps() const { return steps_; }

  /// The style of a name, which there must be.
  const SleepingStyle& of_name(const std::string& name) const;

  /// What a style with so many durations is called in a comparison.
  static std::string peer(const std::string& style, std::uint64_t durations);

  /// Adds a style to a comparison, or why this machine cannot have so many tasks of it;
  /// nothing if no part of the book is about so many. It must live until the comparison
  /// has run.
  void add(Comparison& runs, const SleepingStyle& style, std::uint64_t tasks,
           std::uint64_t durations);

  /// What runs them.
  const SleepingTasks& tasks() const { return tasks_; }

  Form form() const { return form_; }
  std::uint64_t many() const { return many_; }        ///< A hundred thousand, or fewer.
  std::uint64_t million() const { return million_; }  ///< A million, or fewer.

 private:
  const Form form_;
  const std::uint64_t many_, million_;
  const std::uint64_t max_kernel_tasks_;  // so many harm nobody
  SleepingTasks tasks_;
  std::vector<SleepingStyle> styles_, steps_;
};

/// CPU time and memory by the number of tasks, up to SleepingStyles::many(); whether it
/// matters when they wake; and what the kernel has for each of its own.
/// @return The runs with the most tasks.
Comparison measure_counts(SleepingStyles& styles, Report& report);

/// A million tasks of each style that can have them.
/// @param many_runs What measure_counts() has returned.
void measure_million(SleepingStyles& styles, const Comparison& many_runs,
                     Report& report);

/// Adds a row with the CPU time and memory of so many tasks of a style.
void add_count(const Comparison& runs, const SleepingStyle& style, std::uint64_t tasks,
               Report& report);

/// Where each style ends, shown with a limit that is low on purpose, and what limits
/// this kernel has.
void measure_limits(const SleepingStyles& styles, Report& report);

}  // namespace measurements
