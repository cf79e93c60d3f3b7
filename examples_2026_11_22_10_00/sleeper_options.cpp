#include "examples_2026_11_22_10_00/sleeper_options.hpp"

#include <fmt/core.h>

#include <array>

#include "program/command_line.hpp"

inline namespace book {

const char* name_of(TaskKind kind) {
  constexpr std::array names{"processes", "threads", "coroutines"};
  return names[static_cast<std::size_t>(kind)];
}

SleeperOptions sleeper_options(TaskKind kind, int argc, char** argv,
                               std::uint64_t durations, bool choose_executor) {
  constexpr std::uint64_t two_to_the_32nd = std::uint64_t{1} << 32;
  SleeperOptions options{.kind = kind,
                         .durations = durations != 0 ? durations : two_to_the_32nd};
  CLI::App app(fmt::format("Has {} sleep, and counts those that wake.", name_of(kind)));
  app.add_option("--tasks", options.tasks, "Number of tasks (default: 10)")
      ->check(CLI::Range(1, 10'000'000));
  app.add_option("--seconds", options.seconds,
                 "Seconds that the shortest sleep takes (default: 1)")
      ->check(CLI::Range(0.0, 3600.0));
  app.add_option("--spread", options.spread,
                 "Seconds by which the longest sleep is longer (default: 0.1)")
      ->check(CLI::Range(0.0, 3600.0));
  app.add_option("--durations", options.durations,
                 "Number of different lengths of sleep")
      ->check(CLI::Range(std::uint64_t{1},
                         durations != 0 ? std::uint64_t{1000} : two_to_the_32nd));
  if (kind == TaskKind::coroutines)
    app.add_option("--megabytes", options.megabytes, "Limit of new memory in megabytes")
        ->check(CLI::Range(1, 1'000'000));
  else
    app.add_option("--max-tasks", options.max_tasks,
                   fmt::format("Limit of new {}, set in the kernel", name_of(kind)))
        ->check(CLI::Range(1, 10'000'000));
  if (choose_executor)
    app.add_flag("--type-erased", options.type_erased,
                 "Use an executor whose type is erased");
  parse_command_line(app, argc, argv);
  return options;
}

}  // namespace book
