// CPU time and memory of sleeping tasks by their number, and by when they wake.
#include <fmt/core.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "measurements/sleeping_styles.hpp"

namespace measurements {
namespace {

/// What the kernel has for each process and thread, by the style.
using Parts = std::map<std::string, std::vector<std::pair<std::string, Figure>>>;

void add_counts(const Comparison& runs, const SleepingStyles& styles,
                std::uint64_t tasks, Report& report, Parts& parts) {
  for (const SleepingStyle& style : styles.all()) {
    if (tasks > style.max_tasks) continue;
    add_count(runs, style, tasks, report);
    if (!is_of_the_kernel(style)) continue;
    const std::string name = SleepingStyles::peer(style.name, ten_durations);
    // Those of the largest number that was measured stay.
    if (!runs.figure(name, "memory_bytes").is_measured() && parts.contains(style.words))
      continue;
    parts[style.words] = {
        {"its own pages", runs.figure(name, "pages")},
        {"page tables", runs.figure(name, "page tables")},
        {"kernel stack", runs.figure(name, "kernel stacks")},
        {"the kernel's records", runs.figure(name, "records")},
    };
  }
}

/// More and more tasks, of ten durations.
void measure_small_counts(SleepingStyles& styles, Report& report, Parts& parts) {
  std::vector<std::uint64_t> counts{10, 1'000, 10'000};
  if (styles.form() == Form::trial) counts = {10};
  report.heading("more and more tasks, of ten durations");
  for (const std::uint64_t tasks : counts) {
    // Ten take so little time that more rounds are cheap.
    Comparison runs(styles.form(), {.short_seconds = tasks == 10 ? 4.0 : 0.0,
                                    .short_rounds = tasks < 10'000 ? 3 : 1,
                                    .long_rounds = 3});
    for (const SleepingStyle& style : styles.all())
      styles.add(runs, style, tasks, ten_durations);
    runs.run();
    add_counts(runs, styles, tasks, report, parts);
  }
}

/// Does it matter when they wake? A time for each task, against ten durations.
Comparison measure_many(SleepingStyles& styles, Report& report, Parts& parts) {
  const auto compared = {"goroutines", "asyncio", "type_erased", "asio", "own"};
  Comparison runs(styles.form(), {.short_seconds = 0, .long_rounds = 3});
  for (const SleepingStyle& style : styles.all())
    styles.add(runs, style, styles.many(), ten_durations);
  for (const char* name : compared)
    styles.add(runs, styles.of_name(name), styles.many(), any_durations);
  for (const char* name : {"goroutines", "type_erased"})
    for (const std::uint64_t durations : {any_durations, ten_durations})
      runs.once_in_short_form(SleepingStyles::peer(name, durations));
  runs.run();

  add_counts(runs, styles, styles.many(), report, parts);
  report.heading("by when they wake");
  report.add_fact("distribution_tasks", static_cast<std::int64_t>(styles.many()));
  for (const char* name : compared)
    for (const std::uint64_t durations : {any_durations, ten_durations})
      report.add_row(
          "distributions",
          {{"style", fmt::format("{}, {}", styles.of_name(name).words,
                                 durations == ten_durations ? "ten durations"
                                                            : "each its own")}},
          {{"cpu_seconds",
            runs.figure(SleepingStyles::peer(name, durations), "cpu_seconds")}});
  return runs;
}

}  // namespace

void add_count(const Comparison& runs, const SleepingStyle& style, std::uint64_t tasks,
               Report& report) {
  const std::string name = SleepingStyles::peer(style.name, ten_durations);
  const Figure memory = runs.figure(name, "memory_bytes");
  report.add_row(
      "counts", {{"style", style.words}, {"tasks", static_cast<std::int64_t>(tasks)}},
      {{"cpu_seconds", runs.figure(name, "cpu_seconds")}, {"memory_bytes", memory}});
  if (tasks == 1'000) report.add(style.name + "_thousand_memory_bytes", memory);
}

Comparison measure_counts(SleepingStyles& styles, Report& report) {
  Parts parts;
  measure_small_counts(styles, report, parts);
  Comparison many_runs = measure_many(styles, report, parts);
  report.heading("what the kernel has for each");
  for (const auto& [words, of_style] : parts)
    for (const auto& [part, memory] : of_style)
      report.add_row("parts", {{"part", fmt::format("{}: {}", words, part)}},
                     {{"memory_bytes", memory}});
  return many_runs;
}

}  // namespace measurements
