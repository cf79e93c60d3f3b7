#include "measurements/sleeping_styles.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "measurements/resources.hpp"

namespace measurements {
namespace {

#ifdef BOOK_HAS_GO
constexpr const char* no_go = "";
#else
constexpr const char* no_go = "Go was not found when this build was configured";
#endif
#ifdef BOOK_HAS_MIMALLOC
constexpr const char* no_mimalloc = "";
#else
constexpr const char* no_mimalloc =
    "mimalloc was not found when this build was configured";
#endif

}  // namespace

bool is_of_the_kernel(const SleepingStyle& style) {
  return style.name == "processes" || style.name == "threads";
}

SleepingStyles::SleepingStyles(const MeasurementOptions& options)
    : form_(options.form),
      many_(by_form<std::uint64_t>(form_, 1'000, 30'000, 100'000)),
      million_(by_form<std::uint64_t>(form_, 2'000, 1'000'000, 1'000'000)),
      max_kernel_tasks_(has_sanitizer ? 10 : max_kernel_tasks() / 3),
      tasks_(form_) {
  const std::string folder = "/examples_2026_11_22_10_00/";
  const std::string programs = options.programs + folder;
  const std::string peers = options.programs + "/measurements/";
  const std::string asio = programs + "5_3_sleeping_coroutines";
  const std::string asyncio = options.root + folder + "5_3_sleeping_coroutines.py";
  styles_ = {
      {"processes", "processes", {programs + "5_1_sleeping_processes"}, 1'000, {}},
      {"threads", "threads", {programs + "5_2_sleeping_threads"}, 10'000, {}},
      {"goroutines", "goroutines", {peers + "sleepers_go"}, million_, no_go},
      {"asyncio", "asyncio", {options.python, "-B", asyncio}, million_, {}},
      {"type_erased",
       "Asio, type-erased executor",
       {asio, "--type-erased"},
       million_,
       {}},
      {"asio", "Asio", {asio}, million_, {}},
      {"mimalloc",
       "Asio, mimalloc",
       {peers + "sleepers_mimalloc"},
       million_,
       no_mimalloc},
      {"own", "own coroutine", {programs + "5_4_own_coroutine"}, million_, {}},
      {"queue",
       "own, a queue per duration",
       {programs + "5_5_queue_per_duration"},
       million_,
       {}},
  };
  const std::string frames = peers + "sleepers_frames";
  steps_ = {
      {"plain", "as it is usually written", {frames, "plain"}, million_, {}},
      {"no_header", "1. no header", {frames, "no-header"}, million_, {}},
      {"no_copy", "2. no copy", {frames, "no-copy"}, million_, {}},
  };
}

const SleepingStyle& SleepingStyles::of_name(const std::string& name) const {
  return *std::find_if(styles_.begin(), styles_.end(),
                       [&](const SleepingStyle& style) { return style.name == name; });
}

std::string SleepingStyles::peer(const std::string& style, std::uint64_t durations) {
  return style + (durations == ten_durations ? "_ten_durations" : "_any_times");
}

void SleepingStyles::add(Comparison& runs, const SleepingStyle& style,
                         std::uint64_t tasks, std::uint64_t durations) {
  const std::string name = peer(style.name, durations);
  if (!style.missing.empty()) return runs.add_missing(name, style.missing);
  if (tasks > style.max_tasks) return;
  if (is_of_the_kernel(style) && tasks > max_kernel_tasks_)
    return runs.add_missing(
        name, fmt::format("each is a process or a thread of the kernel's, and {} of "
                          "them are a third of what this user may have here",
                          max_kernel_tasks_));
  // Of few tasks, a page more or less that the first ones took is much of the memory.
  const int times =
      tasks < 1'000 && !is_of_the_kernel(style) ? by_form(form_, 1, 4, 4) : 1;
  runs.add(name, [this, style, tasks, durations, times] {
    Sample largest = tasks_.run(style, tasks, durations);
    for (int time = 1; time < times; ++time) {
      const Sample sample = tasks_.run(style, tasks, durations);
      if (sample.at("memory_bytes") > largest.at("memory_bytes")) largest = sample;
    }
    return largest;
  });
}

}  // namespace measurements
