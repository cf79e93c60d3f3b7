// Sleeping tasks in each style: CPU time and memory of each, by their number, as far as
// each style goes; and what its limit looks like.
//
//     sleepers_benchmark [--form trial|short|long]
#include <fmt/core.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <ctime>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include "measurements/comparison.hpp"
#include "measurements/measure.hpp"
#include "measurements/resources.hpp"
#include "measurements/run_command.hpp"

namespace {

constexpr std::uint64_t all_different = std::uint64_t{1} << 32;

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
constexpr bool has_sanitizer = true;  // which takes all of the address space, and time
#else
constexpr bool has_sanitizer = false;
#endif

struct Style {
  std::string name;  // in the figures
  std::string words;
  std::vector<std::string> command;
  std::uint64_t most;   // tasks that are tried
  std::string missing;  // why it cannot be run; empty if it can
};

/// Whether the kernel has a record of each task.
bool is_of_the_kernel(const Style& style) {
  return style.name == "processes" || style.name == "threads";
}

/// What a text says where the pattern, with one pair of parentheses, fits it.
std::optional<std::string> find(const std::string& text, const std::string& pattern) {
  std::smatch match;
  if (!std::regex_search(text, match, std::regex(pattern))) return {};
  return match[1];
}

std::string found(const std::string& text, const std::string& pattern) {
  const std::optional<std::string> match = find(text, pattern);
  if (!match) throw std::runtime_error(fmt::format("no {} in: {}", pattern, text));
  return *match;
}

double number(const std::string& text, const std::string& pattern) {
  return std::stod(found(text, pattern));
}

/// What a program says of a limit that it met.
constexpr const char* limit_pattern = "no more than (\\d+ \\w+: .*)";

/// Runs tasks that sleep at the same time, for as long as that takes on this machine.
class SleepingTasks {
 public:
  explicit SleepingTasks(Form form) : form_(form) {}

  /// \throws NotMeasured if the machine cannot have so many, or they never sleep all at
  ///   once.
  Sample run(const Style& style, std::uint64_t tasks, std::uint64_t durations) {
    const Known known = known_[style.name];
    const auto count = static_cast<double>(tasks);
    need_memory(1.2 * known.bytes * count);
    // Those of one loop begin to sleep when they are created, so the first ones must
    // sleep for as long as it takes to create them all; how long that is, fewer of them
    // have shown. Where it was too short, twice the time follows that it took.
    double created_seconds = known.seconds * count;
    for (double seconds = std::max(0.02, 1.5 * created_seconds);
         seconds <= max_sleep_seconds;
         seconds = 2 * std::max(seconds, created_seconds)) {
      const std::optional<Sample> sample =
          style.name == "goroutines"
              ? try_go(style, tasks, durations, seconds, created_seconds)
              : try_program(style, tasks, durations, seconds, created_seconds);
      if (!sample) continue;
      learn(known_[style.name],
            {tasks, created_seconds / count, sample->at("memory_bytes")});
      return *sample;
    }
    throw NotMeasured(
        fmt::format("they never slept all at once: it took {:.1f} s to create them, "
                    "and the first one may sleep for {:.0f} s",
                    created_seconds, max_sleep_seconds));
  }

  /// Go's, once it has run.
  const std::string& go_version() const { return go_version_; }

  /// Seconds that so many take to be created and woken, as fewer have shown.
  double seconds_of(const Style& style, std::uint64_t tasks) const {
    const auto known = known_.find(style.name);
    return known == known_.end()
               ? 0
               : 2 * known->second.seconds * static_cast<double>(tasks);
  }

 private:
  static constexpr double max_sleep_seconds = 600;

  /// What the runs with the most tasks have shown of a style, for each task.
  struct Known {
    std::uint64_t tasks = 0;
    double seconds = 0;  // to create it
    double bytes = 0;
  };

  /// Of few tasks nothing is learned: what else the machine did is most of their time
  /// and memory. For the same reason the least of several runs counts.
  static void learn(Known& known, const Known& run) {
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
  std::string spread(std::uint64_t tasks, std::uint64_t durations) const {
    if (durations == 10 || form_ == Form::trial) return "0.05";
    return fmt::format("{:.3f}",
                       std::min(0.5, 0.5 * static_cast<double>(tasks) / 100'000));
  }

  std::optional<Sample> try_go(const Style& style, std::uint64_t tasks,
                               std::uint64_t durations, double seconds,
                               double& created_seconds) {
    std::vector<std::string> words = style.command;
    for (const std::string& word : {std::to_string(tasks), std::to_string(durations),
                                    std::to_string(seconds), spread(tasks, durations)})
      words.push_back(word);
    const auto report = nlohmann::json::parse(run_command(words).output);
    go_version_ = report["version"];
    if (report["woken"] != tasks) throw std::runtime_error("a goroutine is lost");
    created_seconds = report["created_seconds"];
    if (created_seconds > report["first_woken_seconds"]) return {};
    return Sample{{"cpu_seconds", report["cpu_seconds"]},
                  {"memory_bytes",
                   report["memory_bytes"].get<double>() / static_cast<double>(tasks)}};
  }

  std::optional<Sample> try_program(const Style& style, std::uint64_t tasks,
                                    std::uint64_t durations, double seconds,
                                    double& created_seconds) {
    std::vector<std::string> words = style.command;
    for (const std::string& word :
         {std::string("--tasks"), std::to_string(tasks), std::string("--durations"),
          std::to_string(durations), std::string("--seconds"), std::to_string(seconds),
          std::string("--spread"), spread(tasks, durations)})
      words.push_back(word);
    // It ends with 1 where it met a limit, and says which.
    const std::string output = run_command(words, {0, 1}).output;
    if (const auto limit = find(output, limit_pattern))
      throw NotMeasured("there were no more than " + *limit);
    if (std::stoull(found(output, "(\\d+) woken")) != tasks)
      throw std::runtime_error("a task is lost: " + output);
    created_seconds = number(output, "created after ([0-9.]+) s");
    if (std::stoull(found(output, "(\\d+) of them asleep")) != tasks) return {};
    Sample sample{{"cpu_seconds", number(output, "with ([0-9.]+) s of CPU")},
                  {"memory_bytes", number(output, "(\\d+) bytes of memory")}};
    if (output.find("in pages") != std::string::npos)
      for (const char* part : {"pages", "page tables", "kernel stacks", "records"})
        sample[part] = number(output, fmt::format("(\\d+) in {}", part));
    return sample;
  }

  const Form form_;
  std::map<std::string, Known> known_;
  std::string go_version_;
};

class Sleepers {
 public:
  Sleepers(const MeasureOptions& options, Report& report)
      : options_(options),
        report_(report),
        sleeping_(options.form),
        many_(by_form<std::uint64_t>(options.form, 1'000, 30'000, 100'000)),
        million_(by_form<std::uint64_t>(options.form, 2'000, 1'000'000, 1'000'000)) {
    const std::string here = options.programs + "/examples_2026_11_22_10_00/";
    const std::string there = options.root + "/examples_2026_11_22_10_00/";
    const std::string peers = options.programs + "/measurements/";
#ifdef BOOK_HAS_GO
    const std::string no_go;
#else
    const std::string no_go = "Go was not found when this build was configured";
#endif
#ifdef BOOK_HAS_MIMALLOC
    const std::string no_mimalloc;
#else
    const std::string no_mimalloc =
        "mimalloc was not found when this build was configured";
#endif
    styles_ = {
        {"processes", "processes", {here + "5_1_sleeping_processes"}, 1'000, {}},
        {"threads", "threads", {here + "5_2_sleeping_threads"}, 10'000, {}},
        {"goroutines", "goroutines", {peers + "sleepers_go"}, million_, no_go},
        {"asyncio",
         "asyncio",
         {options.python, "-B", there + "5_3_sleeping_coroutines.py"},
         million_,
         {}},
        {"type_erased",
         "Asio, type-erased executor",
         {here + "5_3_sleeping_coroutines", "--type-erased"},
         million_,
         {}},
        {"asio", "Asio", {here + "5_3_sleeping_coroutines"}, million_, {}},
        {"mimalloc",
         "Asio, mimalloc",
         {peers + "sleepers_mimalloc"},
         million_,
         no_mimalloc},
        {"own", "own coroutine", {here + "5_4_own_coroutine"}, million_, {}},
        {"queue",
         "own, a queue per duration",
         {here + "5_5_queue_per_duration"},
         million_,
         {}},
    };
    const std::string steps = peers + "sleepers_frames";
    steps_ = {
        {"plain", "as it is usually written", {steps, "plain"}, million_, {}},
        {"no_header", "1. no header", {steps, "no-header"}, million_, {}},
        {"no_copy", "2. no copy", {steps, "no-copy"}, million_, {}},
    };
  }

  /// CPU time and memory by the number of tasks, of ten durations.
  void measure_counts() {
    std::vector<std::uint64_t> counts{10, 1'000, 10'000};
    if (options_.form == Form::trial) counts = {10};
    report_.heading("more and more tasks, of ten durations");
    for (const std::uint64_t tasks : counts) {
      // Ten take so little time that more rounds are cheap.
      Comparison runs(options_.form, {.short_seconds = tasks == 10 ? 4.0 : 0.0,
                                      .short_rounds = tasks < 10'000 ? 3 : 1,
                                      .long_rounds = 3});
      for (const Style& style : styles_) add(runs, style, tasks, 10);
      runs.run();
      add_counts(runs, tasks);
    }
  }

  /// Does it matter when they wake? A time for each task, against ten durations.
  void measure_many() {
    Comparison& runs =
        many_runs_.emplace(options_.form, Effort{.short_seconds = 0, .long_rounds = 3});
    for (const Style& style : styles_) add(runs, style, many_, 10);
    for (const char* name : {"goroutines", "asyncio", "type_erased", "asio", "own"})
      add(runs, style_of(name), many_, all_different);
    for (const char* name : {"goroutines", "type_erased"})
      for (const std::uint64_t durations : {all_different, std::uint64_t{10}})
        runs.once_in_short_form(peer(name, durations));
    runs.run();
    add_counts(runs, many_);
    report_.heading("by when they wake");
    report_.add_fact("distribution_tasks", static_cast<std::int64_t>(many_));
    for (const char* name : {"goroutines", "asyncio", "type_erased", "asio", "own"})
      for (const std::uint64_t durations : {all_different, std::uint64_t{10}})
        report_.add_row(
            "distributions",
            {{"style",
              fmt::format("{}, {}", style_of(name).words,
                          durations == 10 ? "ten durations" : "each its own")}},
            {{"cpu_seconds", runs.figure(peer(name, durations), "cpu_seconds")}});
  }

  /// A million. The peers in other languages sleep for ten durations only, which is the
  /// easier work: a million tasks of asyncio take long.
  void measure_million() {
    Comparison& runs = million_runs_.emplace(
        options_.form,
        Effort{.short_seconds = 0, .long_seconds = 120, .long_rounds = 3});
    for (const Style& style : styles_) {
      const double seconds = sleeping_.seconds_of(style, million_);
      if (is_of_the_kernel(style)) continue;
      if (style.name == "asyncio" && options_.form == Form::short_form)
        runs.add_missing(
            peer(style.name, 10),
            fmt::format("the short form has no time for them: about {:.0f} s",
                        seconds));
      else
        add(runs, style, million_, 10);
    }
    for (const char* name : {"own", "asio"})
      add(runs, style_of(name), million_, all_different);
    // Whose memory counts, which is the same each time.
    for (const Style& step : steps_) add(runs, step, million_, 10);
    for (const Style& step : steps_) runs.once_in_short_form(peer(step.name, 10));
    for (const char* name : {"goroutines", "type_erased", "asio", "mimalloc"})
      runs.once_in_short_form(peer(name, 10));
    for (const char* name : {"own", "asio"})
      runs.once_in_short_form(peer(name, all_different));
    runs.add("touch", [this] { return Sample{{"cpu_seconds", touch(million_ * 48)}}; });
    runs.run();

    report_.heading("a million");
    report_.add_fact("million", static_cast<std::int64_t>(million_));
    for (const std::uint64_t durations : {all_different, std::uint64_t{10}})
      for (const Style& style : styles_) {
        const bool has_both = style.name == "own" || style.name == "asio";
        if (is_of_the_kernel(style) || (durations != 10 && !has_both)) continue;
        const std::string name = peer(style.name, durations);
        const Figure cpu = runs.figure(name, "cpu_seconds");
        const Figure memory = runs.figure(name, "memory_bytes");
        report_.add(name + "_cpu_seconds", cpu);
        report_.add(name + "_memory_bytes", memory);
        std::string words = style.words;
        if (has_both) words += durations == 10 ? ", ten durations" : ", each its own";
        report_.add_row("million_rows", {{"style", words}},
                        {{"cpu_seconds", cpu}, {"memory_bytes", memory}});
        if (durations == 10) add_count(runs, style, million_);
      }
    report_.add("touch_seconds", runs.figure("touch", "cpu_seconds"));
    report_.add("queue_against_touch_ratio",
                runs.ratio(peer("queue", 10), "touch", "cpu_seconds"));

    report_.heading("so many times less");
    // In the short form, or where there is no memory for a million of them, against
    // fewer tasks of asyncio, and as many of the others.
    const bool has_million =
        runs.figure(peer("asyncio", 10), "cpu_seconds").is_measured();
    report_.add_fact("asyncio_tasks",
                     static_cast<std::int64_t>(has_million ? million_ : many_));
    for (const char* name : {"asio", "mimalloc", "own", "queue"})
      add_ratios(has_million ? runs : *many_runs_, name, "asyncio");
    for (const auto& [name, other] : {std::pair{"asio", "goroutines"},
                                      {"mimalloc", "goroutines"},
                                      {"queue", "goroutines"},
                                      {"mimalloc", "asio"},
                                      {"asio", "type_erased"},
                                      {"own", "asio"},
                                      {"queue", "own"}})
      add_ratios(runs, name, other);

    report_.heading("each step to the own coroutine's frame");
    const auto add_step = [&](const std::string& words, const std::string& name) {
      report_.add_row("frames", {{"step", words}},
                      {{"memory_bytes", runs.figure(name, "memory_bytes")},
                       {"cpu_seconds", runs.figure(name, "cpu_seconds")}});
    };
    for (const Style& step : steps_) add_step(step.words, peer(step.name, 10));
    add_step("3. nothing twice", peer("own", 10));
  }

  /// What the kernel has for each process and thread.
  void show_parts() {
    report_.heading("what the kernel has for each");
    for (const auto& [words, parts] : parts_)
      for (const auto& [part, memory] : parts)
        report_.add_row("parts", {{"part", fmt::format("{}: {}", words, part)}},
                        {{"memory_bytes", memory}});
  }

  /// Where each style ends, shown with a limit that is low on purpose.
  void measure_limits() {
    report_.heading("where each style ends");
    for (const char* name : {"processes", "threads", "asio", "own", "queue"})
      report_.attempt(
          {fmt::format("{}_limit_made", name), fmt::format("{}_limit_error", name)},
          [&] { measure_limit(style_of(name)); });
    report_.heading("what this kernel gives");
    for (const auto& [name, file] :
         {std::pair{"kernel_process_ids", "/proc/sys/kernel/pid_max"},
          {"kernel_threads", "/proc/sys/kernel/threads-max"},
          {"kernel_maps", "/proc/sys/vm/max_map_count"}}) {
      const std::uint64_t value = kernel_number(file);
      report_.add(name, value > 0 ? Figure::counted(static_cast<double>(value))
                                  : Figure::not_measured("this kernel does not say"));
    }
    if (sleeping_.go_version().empty())
      report_.add("go_version",
                  Figure::not_measured(style_of("goroutines").missing.empty()
                                           ? "no program of Go's has run"
                                           : style_of("goroutines").missing));
    else
      report_.add_fact("go_version", sleeping_.go_version());
  }

 private:
  const Style& style_of(const std::string& name) const {
    return *std::find_if(styles_.begin(), styles_.end(),
                         [&](const Style& style) { return style.name == name; });
  }

  /// What a style with so many durations is called.
  static std::string peer(const std::string& style, std::uint64_t durations) {
    return style + (durations == 10 ? "_ten_durations" : "_any_times");
  }

  void add(Comparison& runs, const Style& style, std::uint64_t tasks,
           std::uint64_t durations) {
    const std::string name = peer(style.name, durations);
    if (!style.missing.empty()) return runs.add_missing(name, style.missing);
    if (tasks > style.most) return;  // no part of the book is about so many
    if (is_of_the_kernel(style) && tasks > most_of_kernel_)
      return runs.add_missing(
          name, fmt::format("each is a process or a thread of the kernel's, and {} of "
                            "them are a third of what this user may have here",
                            most_of_kernel_));
    // Of few tasks, a page more or less that the first ones took is much of the memory.
    const int times =
        tasks < 1'000 && !is_of_the_kernel(style) ? by_form(options_.form, 1, 4, 4) : 1;
    runs.add(name, [this, style, tasks, durations, times] {
      Sample most = sleeping_.run(style, tasks, durations);
      for (int time = 1; time < times; ++time) {
        const Sample sample = sleeping_.run(style, tasks, durations);
        if (sample.at("memory_bytes") > most.at("memory_bytes")) most = sample;
      }
      return most;
    });
  }

  void add_counts(const Comparison& runs, std::uint64_t tasks) {
    for (const Style& style : styles_)
      if (tasks <= style.most) add_count(runs, style, tasks);
  }

  void add_count(const Comparison& runs, const Style& style, std::uint64_t tasks) {
    const std::string name = peer(style.name, 10);
    const Figure memory = runs.figure(name, "memory_bytes");
    report_.add_row(
        "counts", {{"style", style.words}, {"tasks", static_cast<std::int64_t>(tasks)}},
        {{"cpu_seconds", runs.figure(name, "cpu_seconds")}, {"memory_bytes", memory}});
    if (tasks == 1'000) report_.add(style.name + "_thousand_memory_bytes", memory);
    if (!is_of_the_kernel(style)) return;
    // Those of the largest number that was measured stay.
    if (!memory.is_measured() && parts_.contains(style.words)) return;
    parts_[style.words] = {
        {"its own pages", runs.figure(name, "pages")},
        {"page tables", runs.figure(name, "page tables")},
        {"kernel stack", runs.figure(name, "kernel stacks")},
        {"the kernel's records", runs.figure(name, "records")},
    };
  }

  void add_ratios(const Comparison& runs, const std::string& style,
                  const std::string& other) {
    // The own coroutine's queue is there for any times.
    const std::string name =
        peer(style, style == "own" && other != "asio" ? all_different : 10);
    for (const auto& [what, quantity] :
         {std::pair{"cpu", "cpu_seconds"}, {"memory", "memory_bytes"}})
      report_.add(fmt::format("{}_against_{}_{}_ratio", style, other, what),
                  runs.ratio(peer(other, 10), name, quantity));
  }

  void measure_limit(const Style& style) {
    const bool kernel = is_of_the_kernel(style);
    if (has_sanitizer && !kernel)
      throw NotMeasured("a sanitizer needs all of the address space");
    std::vector<std::string> words = style.command;
    for (const char* word :
         {"--seconds", "0.2", "--spread", "0.1", "--tasks", kernel ? "100" : "1000000",
          kernel ? "--most" : "--megabytes", kernel ? "50" : "10"})
      words.emplace_back(word);
    // With a limit it ends with 1: it has not done what it was told to.
    const std::string output = run_command(words, {0, 1}).output;
    const std::optional<std::string> limit = find(output, limit_pattern);
    if (!limit) throw NotMeasured("the system did not keep to the limit that was set");
    const std::string made = found(*limit, "^(\\d+) ");
    const std::string error = found(*limit, ": (.*)");
    if (found(output, "(\\d+) woken") != made)
      throw std::runtime_error("not all that were made woke: " + output);
    const Figure count = Figure::counted(std::stod(made));
    report_.add(style.name + "_limit_made", count);
    report_.add_fact(style.name + "_limit_error", error);
    report_.add_row(
        "limits",
        {{"style", style.words},
         {"limit", kernel ? "50 more tasks (RLIMIT_NPROC)" : "10 MB (RLIMIT_AS)"},
         {"error", error}},
        {{"made", count}});
  }

  /// CPU seconds of the program and of the kernel for it.
  static double cpu_seconds() {
    ::timespec time{};
    if (::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) != 0)
      throw std::system_error(errno, std::generic_category(), "clock_gettime");
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
  }

  /// CPU seconds to touch fresh memory once, a byte of each page.
  static double touch(std::size_t size) {
    void* address = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (address == MAP_FAILED)
      throw std::system_error(errno, std::generic_category(), "mmap");
    auto* bytes = static_cast<volatile char*>(address);
    const double start = cpu_seconds();
    for (std::size_t at = 0; at < size; at += 4096) bytes[at] = 1;
    const double seconds = cpu_seconds() - start;
    ::munmap(address, size);
    return seconds;
  }

  const MeasureOptions& options_;
  Report& report_;
  SleepingTasks sleeping_;
  const std::uint64_t many_, million_;
  // So many processes or threads harm nobody.
  const std::uint64_t most_of_kernel_ = has_sanitizer ? 10 : most_kernel_tasks() / 3;
  std::vector<Style> styles_, steps_;
  std::optional<Comparison> many_runs_, million_runs_;
  std::map<std::string, std::vector<std::pair<std::string, Figure>>> parts_;
};

void measure_sleepers(const MeasureOptions& options, Report& report) {
  Sleepers sleepers(options, report);
  sleepers.measure_counts();
  sleepers.measure_many();
  sleepers.measure_million();
  sleepers.show_parts();
  sleepers.measure_limits();
}

}  // namespace

int main(int argc, char** argv) {
  return measure(argc, argv, "sleepers", "Sleeping tasks in each style",
                 measure_sleepers);
}
