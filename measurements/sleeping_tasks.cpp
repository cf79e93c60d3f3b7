#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "measurements/command_output.hpp"
#include "measurements/resources.hpp"
#include "measurements/run_command.hpp"
#include "measurements/sleeping_styles.hpp"

namespace measurements {
namespace {

constexpr double max_sleep_seconds = 600;

}  // namespace

Sample SleepingTasks::run(const SleepingStyle& style, std::uint64_t tasks,
                          std::uint64_t durations) {
  const Known known = known_[style.name];
  const auto count = static_cast<double>(tasks);
  need_memory(1.2 * known.bytes * count);
  // Those of one loop begin to sleep when they are created, so the first ones must
  // sleep for as long as it takes to create them all; how long that is, fewer of them
  // have shown. Where it was too short, twice the time follows that it took.
  Trial trial{tasks, durations, 0, known.seconds * count};
  for (double seconds = std::max(0.02, 1.5 * trial.created_seconds);
       seconds <= max_sleep_seconds;
       seconds = 2 * std::max(seconds, trial.created_seconds)) {
    trial.sleep_seconds = seconds;
    const std::optional<Sample> sample =
        style.name == "goroutines" ? try_go(style, trial) : try_program(style, trial);
    if (!sample) continue;
    learn(known_[style.name],
          {tasks, trial.created_seconds / count, sample->at("memory_bytes")});
    return *sample;
  }
  throw NotMeasured(
      fmt::format("they never slept all at once: it took {:.1f} s to create them, "
                  "and the first one may sleep for {:.0f} s",
                  trial.created_seconds, max_sleep_seconds));
}

double SleepingTasks::seconds_of(const SleepingStyle& style,
                                 std::uint64_t tasks) const {
  const auto known = known_.find(style.name);
  return known == known_.end() ? 0
                               : 2 * known->second.seconds * static_cast<double>(tasks);
}

/// Of few tasks nothing is learned: what else the machine did is most of their time
/// and memory. For the same reason the least of several runs counts.
void SleepingTasks::learn(Known& known, const Known& run) {
  if (run.tasks < 1'000 || run.tasks < known.tasks) return;
  if (run.tasks == known.tasks)
    known = {run.tasks, std::min(known.seconds, run.seconds),
             std::min(known.bytes, run.bytes)};
  else
    known = run;
}

/// Between the first that wakes and the last: time to wake, not what is measured.
/// With few durations there are few times to wake, however far apart; with many, the
/// times of fewer tasks lie as close together as those of a hundred thousand.
std::string SleepingTasks::spread(const Trial& trial) const {
  if (trial.durations == ten_durations || form_ == Form::trial) return "0.05";
  return fmt::format("{:.3f}",
                     std::min(0.5, 0.5 * static_cast<double>(trial.tasks) / 100'000));
}

std::optional<Sample> SleepingTasks::try_go(const SleepingStyle& style, Trial& trial) {
  std::vector<std::string> words = style.command;
  words.insert(words.end(),
               {std::to_string(trial.tasks), std::to_string(trial.durations),
                std::to_string(trial.sleep_seconds), spread(trial)});
  const auto report = nlohmann::json::parse(run_command(words).output);
  go_version_ = report["version"];
  if (report["woken"] != trial.tasks) throw std::runtime_error("a goroutine is lost");
  trial.created_seconds = report["created_seconds"];
  if (trial.created_seconds > report["first_woken_seconds"]) return {};
  return Sample{{"cpu_seconds", report["cpu_seconds"]},
                {"memory_bytes", report["memory_bytes"].get<double>() /
                                     static_cast<double>(trial.tasks)}};
}

std::optional<Sample> SleepingTasks::try_program(const SleepingStyle& style,
                                                 Trial& trial) {
  std::vector<std::string> words = style.command;
  words.insert(words.end(),
               {"--tasks", std::to_string(trial.tasks), "--durations",
                std::to_string(trial.durations), "--seconds",
                std::to_string(trial.sleep_seconds), "--spread", spread(trial)});
  // It ends with 1 where it met a limit, and says which.
  const std::string output = run_command(words, {0, 1}).output;
  if (const auto limit = find_in(output, limit_pattern))
    throw NotMeasured("there were no more than " + *limit);
  if (std::stoull(text_in(output, "(\\d+) woken")) != trial.tasks)
    throw std::runtime_error("a task is lost: " + output);
  trial.created_seconds = number_in(output, "created after ([0-9.]+) s");
  if (std::stoull(text_in(output, "(\\d+) of them asleep")) != trial.tasks) return {};
  Sample sample{{"cpu_seconds", number_in(output, "with ([0-9.]+) s of CPU")},
                {"memory_bytes", number_in(output, "(\\d+) bytes of memory")}};
  if (output.find("in pages") != std::string::npos)
    for (const char* part : {"pages", "page tables", "kernel stacks", "records"})
      sample[part] = number_in(output, fmt::format("(\\d+) in {}", part));
  return sample;
}

}  // namespace measurements
