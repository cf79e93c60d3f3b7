// A million sleeping tasks. The peers in other languages sleep for ten durations only,
// which is the easier work: a million tasks of asyncio take long.
#include <fmt/core.h>
#include <sys/mman.h>

#include <ctime>
#include <string>
#include <utility>

#include "measurements/sleeping_styles.hpp"
#include "program/system_error.hpp"

namespace measurements {
namespace {

std::string peer(const std::string& style, std::uint64_t durations = ten_durations) {
  return SleepingStyles::peer(style, durations);
}

/// CPU seconds of the program and of the kernel for it.
double cpu_seconds() {
  ::timespec time{};
  program::throw_on_error(::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time),
                          "clock_gettime");
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// CPU seconds to touch fresh memory once, a byte of each page.
double touch(std::size_t size) {
  void* address =
      ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (address == MAP_FAILED) program::throw_errno("mmap");
  auto* bytes = static_cast<volatile char*>(address);
  const double start = cpu_seconds();
  for (std::size_t at = 0; at < size; at += 4096) bytes[at] = 1;
  const double seconds = cpu_seconds() - start;
  ::munmap(address, size);
  return seconds;
}

/// Whether a style is measured with both: ten durations, and each task its own.
bool has_both(const SleepingStyle& style) {
  return style.name == "own" || style.name == "asio";
}

Comparison run_million(SleepingStyles& styles) {
  const std::uint64_t million = styles.million();
  Comparison runs(styles.form(),
                  {.short_seconds = 0, .long_seconds = 120, .long_rounds = 3});
  for (const SleepingStyle& style : styles.all()) {
    if (is_of_the_kernel(style)) continue;
    if (style.name == "asyncio" && styles.form() == Form::short_form)
      runs.add_missing(
          peer(style.name),
          fmt::format("the short form has no time for them: about {:.0f} s",
                      styles.tasks().seconds_of(style, million)));
    else
      styles.add(runs, style, million, ten_durations);
  }
  for (const char* name : {"own", "asio"})
    styles.add(runs, styles.of_name(name), million, any_durations);
  // Whose memory counts, which is the same each time.
  for (const SleepingStyle& step : styles.steps()) {
    styles.add(runs, step, million, ten_durations);
    runs.once_in_short_form(peer(step.name));
  }
  for (const char* name : {"goroutines", "type_erased", "asio", "mimalloc"})
    runs.once_in_short_form(peer(name));
  for (const char* name : {"own", "asio"})
    runs.once_in_short_form(peer(name, any_durations));
  runs.add("touch", [million] { return Sample{{"cpu_seconds", touch(million * 48)}}; });
  runs.run();
  return runs;
}

void add_rows(const Comparison& runs, const SleepingStyles& styles, Report& report) {
  report.heading("a million");
  report.add_fact("million", static_cast<std::int64_t>(styles.million()));
  for (const std::uint64_t durations : {any_durations, ten_durations})
    for (const SleepingStyle& style : styles.all()) {
      if (is_of_the_kernel(style) || (durations != ten_durations && !has_both(style)))
        continue;
      const std::string name = peer(style.name, durations);
      const Figure cpu = runs.figure(name, "cpu_seconds");
      const Figure memory = runs.figure(name, "memory_bytes");
      report.add(name + "_cpu_seconds", cpu);
      report.add(name + "_memory_bytes", memory);
      std::string words = style.words;
      if (has_both(style))
        words += durations == ten_durations ? ", ten durations" : ", each its own";
      report.add_row("million_rows", {{"style", words}},
                     {{"cpu_seconds", cpu}, {"memory_bytes", memory}});
      if (durations == ten_durations) add_count(runs, style, styles.million(), report);
    }
  report.add("touch_seconds", runs.figure("touch", "cpu_seconds"));
  report.add("queue_against_touch_ratio",
             runs.ratio(peer("queue"), "touch", "cpu_seconds"));
}

void add_ratios_of(const Comparison& runs, const std::string& style,
                   const std::string& other, Report& report) {
  // The own coroutine's queue is there for any times.
  const std::string name =
      peer(style, style == "own" && other != "asio" ? any_durations : ten_durations);
  for (const auto& [what, quantity] :
       {std::pair{"cpu", "cpu_seconds"}, {"memory", "memory_bytes"}})
    report.add(fmt::format("{}_against_{}_{}_ratio", style, other, what),
               runs.ratio(peer(other), name, quantity));
}

void add_ratios(const Comparison& runs, const Comparison& many_runs,
                const SleepingStyles& styles, Report& report) {
  report.heading("so many times less");
  // In the short form, or where there is no memory for a million of them, against
  // fewer tasks of asyncio, and as many of the others.
  const bool has_million = runs.figure(peer("asyncio"), "cpu_seconds").is_measured();
  report.add_fact("asyncio_tasks", static_cast<std::int64_t>(
                                       has_million ? styles.million() : styles.many()));
  for (const char* name : {"asio", "mimalloc", "own", "queue"})
    add_ratios_of(has_million ? runs : many_runs, name, "asyncio", report);
  for (const auto& [name, other] : {std::pair{"asio", "goroutines"},
                                    {"mimalloc", "goroutines"},
                                    {"queue", "goroutines"},
                                    {"mimalloc", "asio"},
                                    {"asio", "type_erased"},
                                    {"own", "asio"},
                                    {"queue", "own"}})
    add_ratios_of(runs, name, other, report);
}

void add_frames(const Comparison& runs, const SleepingStyles& styles, Report& report) {
  report.heading("each step to the own coroutine's frame");
  const auto add_step = [&](const std::string& words, const std::string& name) {
    report.add_row("frames", {{"step", words}},
                   {{"memory_bytes", runs.figure(name, "memory_bytes")},
                    {"cpu_seconds", runs.figure(name, "cpu_seconds")}});
  };
  for (const SleepingStyle& step : styles.steps())
    add_step(step.words, peer(step.name));
  add_step("3. nothing twice", peer("own"));
}

}  // namespace

void measure_million(SleepingStyles& styles, const Comparison& many_runs,
                     Report& report) {
  const Comparison runs = run_million(styles);
  add_rows(runs, styles, report);
  add_ratios(runs, many_runs, styles, report);
  add_frames(runs, styles, report);
}

}  // namespace measurements
