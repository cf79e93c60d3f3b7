// What a style's limit looks like, and what limits the kernel has.
#include <fmt/core.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "measurements/command_output.hpp"
#include "measurements/resources.hpp"
#include "measurements/run_command.hpp"
#include "measurements/sleeping_styles.hpp"

namespace measurements {
namespace {

void measure_limit(const SleepingStyle& style, Report& report) {
  const bool kernel = is_of_the_kernel(style);
  if (has_sanitizer && !kernel)
    throw NotMeasured("a sanitizer needs all of the address space");
  std::vector<std::string> words = style.command;
  for (const char* word :
       {"--seconds", "0.2", "--spread", "0.1", "--tasks", kernel ? "100" : "1000000",
        kernel ? "--max-tasks" : "--megabytes", kernel ? "50" : "10"})
    words.emplace_back(word);
  // With a limit it ends with 1: it has not done what it was told to.
  const std::string output = run_command(words, {0, 1}).output;
  const std::optional<std::string> limit = find_in(output, limit_pattern);
  if (!limit) throw NotMeasured("the system did not keep to the limit that was set");
  const std::string made = text_in(*limit, "^(\\d+) ");
  const std::string error = text_in(*limit, ": (.*)");
  if (text_in(output, "(\\d+) woken") != made)
    throw std::runtime_error("not all that were made woke: " + output);
  const Figure count = Figure::counted(std::stod(made));
  report.add(style.name + "_limit_made", count);
  report.add_fact(style.name + "_limit_error", error);
  report.add_row(
      "limits",
      {{"style", style.words},
       {"limit", kernel ? "50 more tasks (RLIMIT_NPROC)" : "10 MB (RLIMIT_AS)"},
       {"error", error}},
      {{"made", count}});
}

void add_kernel_limits(Report& report) {
  report.heading("what this kernel gives");
  for (const auto& [name, file] :
       {std::pair{"kernel_process_ids", "/proc/sys/kernel/pid_max"},
        {"kernel_threads", "/proc/sys/kernel/threads-max"},
        {"kernel_maps", "/proc/sys/vm/max_map_count"}}) {
    const std::uint64_t value = kernel_number(file);
    report.add(name, value > 0 ? Figure::counted(static_cast<double>(value))
                               : Figure::not_measured("this kernel does not say"));
  }
}

}  // namespace

void measure_limits(const SleepingStyles& styles, Report& report) {
  report.heading("where each style ends");
  for (const char* name : {"processes", "threads", "asio", "own", "queue"})
    report.attempt(
        {fmt::format("{}_limit_made", name), fmt::format("{}_limit_error", name)},
        [&] { measure_limit(styles.of_name(name), report); });
  add_kernel_limits(report);
}

}  // namespace measurements
