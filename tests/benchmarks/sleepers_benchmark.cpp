// Sleeping tasks in each style: CPU time and memory of each, by their number, as far as
// each style goes; and what its limit looks like.
//
//     sleepers_benchmark [--quick]
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/benchmarks/measure.hpp"

namespace {

constexpr std::uint64_t all_different = std::uint64_t{1} << 32;

struct Style {
  const char* name;  // in the figures
  const char* words;
  std::vector<std::string> command;
  std::uint64_t most;       // tasks that are tried
  double seconds_per_task;  // to create one, about: how long the first try sleeps
};

struct Sample {
  double cpu_seconds = 0;
  double memory_bytes = 0;  // of each task
  std::vector<double> parts;
};

/// What a text says where the pattern, with one pair of parentheses, fits it.
std::string found(const std::string& text, const std::string& pattern) {
  std::smatch match;
  if (!std::regex_search(text, match, std::regex(pattern)))
    throw std::runtime_error(fmt::format("no {} in: {}", pattern, text));
  return match[1];
}

double number(const std::string& text, const std::string& pattern) {
  return std::stod(found(text, pattern));
}

class Sleepers {
 public:
  Sleepers(const MeasureOptions& options, nlohmann::json& figures)
      : options_(options), figures_(figures) {
    const std::string here = options.programs + "/examples_2026_11_22_10_00/";
    const std::string there = options.root + "/examples_2026_11_22_10_00/";
    const std::uint64_t kernel = most_kernel_tasks();
    styles_ = {
        {"processes",
         "processes",
         {here + "5_1_sleeping_processes"},
         std::min<std::uint64_t>(kernel, 1'000),
         1e-3},
        {"threads",
         "threads",
         {here + "5_2_sleeping_threads"},
         std::min<std::uint64_t>(kernel, 10'000),
         1e-4},
        {"goroutines",
         "goroutines",
         {options.programs + "/tests/benchmarks/sleepers_go"},
         million,
         4e-6},
        // Each begins to sleep when it is created, so the first ones must sleep for as
        // long as it takes to create them all. How long that is, the machine says.
        {"asyncio",
         "asyncio",
         {options.python, "-B", there + "5_3_sleeping_coroutines.py"},
         million,
         0},
        {"type_erased",
         "Asio, type-erased executor",
         {here + "5_3_sleeping_coroutines", "--type-erased"},
         million,
         0},
        {"asio", "Asio", {here + "5_3_sleeping_coroutines"}, million, 0},
        {"mimalloc",
         "Asio, mimalloc",
         {options.programs + "/tests/benchmarks/sleepers_mimalloc"},
         million,
         0},
        {"own", "own coroutine", {here + "5_4_own_coroutine"}, million, 0},
        {"queue",
         "own, a queue per duration",
         {here + "5_5_queue_per_duration"},
         million,
         0},
    };
  }

  /// CPU time and memory by the number of tasks, of ten durations.
  void measure_counts() {
    std::vector<std::uint64_t> counts{10, 1'000, 10'000, 100'000};
    if (options_.quick) counts = {10, 300};
    for (const std::uint64_t count : counts)
      for (const Style& style : styles_) {
        if (count > style.most) continue;
        if (options_.quick && count > 10 && style.seconds_per_task >= 1e-4) continue;
        const int rounds = options_.quick || count > 10'000 ? 1 : 3;
        add_row(style, count, run(style, count, 10, rounds));
      }
  }

  /// Does it matter when they wake? A time for each task, against ten durations.
  void measure_distributions() {
    const std::uint64_t tasks = options_.quick ? 300 : 100'000;
    figures_["distribution_tasks"] = tasks;
    for (const Style& style : styles_) {
      const std::string name = style.name;
      if (name == "processes" || name == "threads" || name == "queue" ||
          name == "mimalloc")
        continue;
      for (const std::uint64_t durations : {all_different, std::uint64_t{10}}) {
        const Sample sample = run(style, tasks, durations, 1);
        figures_["distributions"].push_back(
            {{"style", fmt::format("{}, {}", style.words,
                                   durations == 10 ? "ten durations" : "each its own")},
             {"cpu_seconds", sample.cpu_seconds}});
      }
    }
  }

  /// A million. The peers in other languages sleep for ten durations only, which is the
  /// easier work: a million tasks of asyncio take long.
  void measure_million() {
    const std::uint64_t tasks = options_.quick ? 1'000 : million;
    figures_["million"] = tasks;
    for (const std::uint64_t durations : {all_different, std::uint64_t{10}})
      for (const Style& style : styles_) {
        const std::string name = style.name;
        if (style.most < million) continue;
        if (durations != 10 && name != "own" && name != "asio") continue;
        const bool fast = name != "asyncio" && name != "goroutines";
        const Sample sample =
            run(style, tasks, durations, fast && !options_.quick ? 3 : 1);
        if (durations == 10) add_row(style, tasks, sample);
        const char* times = durations == 10 ? "ten_durations" : "any_times";
        figures_[fmt::format("{}_{}_cpu_seconds", name, times)] = sample.cpu_seconds;
        figures_[fmt::format("{}_{}_memory_bytes", name, times)] = sample.memory_bytes;
        std::string words = style.words;
        if (name == "own" || name == "asio")
          words += durations == 10 ? ", ten durations" : ", each its own";
        figures_["million_rows"].push_back({{"style", words},
                                            {"cpu_seconds", sample.cpu_seconds},
                                            {"memory_bytes", sample.memory_bytes}});
      }

    touched_ = touch(tasks * 48);
    figures_["touch_seconds"] = touched_;
    ratio("asio", "asyncio", 15, 1.9);
    ratio("asio", "goroutines", 0, 2.5);
    ratio("mimalloc", "asyncio", 15, 1.9);
    ratio("mimalloc", "goroutines", 0, 2.5);
    ratio("mimalloc", "asio", 0, 0);
    ratio("own", "asyncio", 60, 19);
    ratio("queue", "asyncio", 150, 30);
    ratio("queue", "goroutines", 0, 40);
    ratio("asio", "type_erased", 0, 0);
    ratio("own", "asio", 0, 0);
    ratio("queue", "own", 0, 0);
    fmt::print("  the own coroutine: {:.1f} bytes of memory a task  goal: 96 at most\n",
               figure("own", "any_times", "memory_bytes"));
    const double times = figure("queue", "ten_durations", "cpu_seconds") / touched_;
    figures_["queue_against_touch_ratio"] = times;
    fmt::print(
        "  touching 48 bytes for each once: {:.4f} s; a queue per duration takes "
        "{:.1f} x that\n",
        touched_, times);
  }

  /// What each step to the own coroutine's frame gains.
  void measure_frames() {
    const std::uint64_t tasks = options_.quick ? 1'000 : million;
    const std::string steps = options_.programs + "/tests/benchmarks/sleepers_frames";
    const auto add = [&](const char* words, const Sample& sample) {
      figures_["frames"].push_back({{"step", words},
                                    {"memory_bytes", sample.memory_bytes},
                                    {"cpu_seconds", sample.cpu_seconds}});
    };
    for (const Style& step : {
             Style{"plain", "as it is usually written", {steps, "plain"}, tasks, 0},
             Style{"no_header", "1. no header", {steps, "no-header"}, tasks, 0},
             Style{"no_copy", "2. no copy", {steps, "no-copy"}, tasks, 0},
         })
      add(step.words, run(step, tasks, all_different, options_.quick ? 1 : 3));
    for (const Style& style : styles_)
      if (style.name == std::string_view("own"))
        add("3. nothing twice", run(style, tasks, all_different, 1));
  }

  /// What the kernel has for each process and thread.
  void show_parts() {
    for (const auto& [words, parts] : parts_) {
      const char* names[] = {"its own pages", "page tables", "kernel stack",
                             "the kernel's records"};
      for (std::size_t i = 0; i < parts.size(); ++i)
        figures_["parts"].push_back({{"part", fmt::format("{}: {}", words, names[i])},
                                     {"memory_bytes", parts[i]}});
    }
  }

  /// Where each style ends, shown with a limit that is low on purpose.
  void measure_limits() {
    fmt::print("where each style ends\n");
    for (const Style& style : styles_) {
      const std::string name = style.name;
      // Those that are not the book's own, or the same once more.
      if (name == "goroutines" || name == "asyncio" || name == "type_erased" ||
          name == "mimalloc")
        continue;
      const bool kernel = name == "processes" || name == "threads";
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
      if (!kernel) continue;  // sanitizers need all of the address space
#endif
      // With a limit it ends with 1: it has not done what it was told to.
      std::vector<std::string> words{"/bin/sh", "-c", "\"$0\" \"$@\" || true"};
      words.insert(words.end(), style.command.begin(), style.command.end());
      for (const char* word : {"--seconds", "0.2", "--spread", "0.1", "--tasks",
                               kernel ? "100" : "1000000",
                               kernel ? "--most" : "--megabytes", kernel ? "50" : "10"})
        words.emplace_back(word);
      const std::string output = run_command(words).output;
      const std::uint64_t made = std::stoull(found(output, "no more than (\\d+) "));
      const std::string error = found(output, "no more than \\d+ \\w+: (.*)");
      if (std::stoull(found(output, "(\\d+) woken")) != made)
        throw std::runtime_error("not all that were made woke: " + output);
      fmt::print("  {:<28} {:>6} made, then: {}\n", style.words, made, error);
      figures_["limits"].push_back(
          {{"style", style.words},
           {"limit", kernel ? "50 more tasks (RLIMIT_NPROC)" : "10 MB (RLIMIT_AS)"},
           {"made", made},
           {"error", error}});
      figures_[name + "_limit_made"] = made;
      figures_[name + "_limit_error"] = error;
    }
    for (const auto& [name, file] : kernel_limits())
      if (const auto value = read_number(file)) figures_[name] = *value;
  }

 private:
  static constexpr std::uint64_t million = 1'000'000;
  static constexpr double max_sleep_seconds = 600;

  /// Between the first that wakes and the last: time to wake, not what is measured.
  std::string spread() const {
    return options_.quick ? "0.02" : "0.5";
  }

  Sample run_once(const Style& style, std::uint64_t tasks, std::uint64_t durations) {
    double seconds = std::max(0.1, static_cast<double>(tasks) * style.seconds_per_task);
    double created_seconds = 0;
    // Too short a sleep is followed by one that has twice the time that this machine
    // took to create them all.
    for (; seconds <= max_sleep_seconds;
         seconds = 2 * std::max(seconds, created_seconds)) {
      std::vector<std::string> words = style.command;
      const bool go = std::string(style.name) == "goroutines";
      if (go) {
        for (const std::string& word :
             {std::to_string(tasks), std::to_string(durations), std::to_string(seconds),
              spread()})
          words.push_back(word);
        const auto report = nlohmann::json::parse(run_command(words).output);
        figures_["go_version"] = report["version"];
        if (report["woken"] != tasks) throw std::runtime_error("a goroutine is lost");
        created_seconds = report["created_seconds"];
        if (created_seconds > report["first_woken_seconds"]) continue;
        return {report["cpu_seconds"].get<double>(),
                report["memory_bytes"].get<double>() / static_cast<double>(tasks),
                {}};
      }
      for (const std::string& word :
           {std::string("--tasks"), std::to_string(tasks), std::string("--durations"),
            std::to_string(durations), std::string("--seconds"),
            std::to_string(seconds), std::string("--spread"), spread()})
        words.push_back(word);
      const std::string output = run_command(words).output;
      if (std::stoull(found(output, "(\\d+) woken")) != tasks)
        throw std::runtime_error("a task is lost: " + output);
      created_seconds = number(output, "created after ([0-9.]+) s");
      if (std::stoull(found(output, "(\\d+) of them asleep")) != tasks) continue;
      Sample sample{number(output, "with ([0-9.]+) s of CPU"),
                    number(output, "(\\d+) bytes of memory"),
                    {}};
      if (output.find("in pages") != std::string::npos)
        for (const char* part : {"(\\d+) in pages", "(\\d+) in page tables",
                                 "(\\d+) in kernel stacks", "(\\d+) in records"})
          sample.parts.push_back(number(output, part));
      return sample;
    }
    throw std::runtime_error(
        fmt::format("{} {} never slept all at once: it took {:.1f} s to create them, "
                    "and the first one may sleep for {:.0f} s",
                    tasks, style.words, created_seconds, max_sleep_seconds));
  }

  /// Each is measured once, whoever asks for it.
  const Sample& run(const Style& style, std::uint64_t tasks, std::uint64_t durations,
                    int rounds) {
    const auto [place, is_new] =
        samples_.try_emplace(std::tuple(style.name, tasks, durations));
    Sample& sample = place->second;
    if (!is_new) return sample;
    std::vector<Sample> all;
    std::vector<double> cpu;
    for (int round = 0; round < rounds; ++round) {
      all.push_back(run_once(style, tasks, durations));
      cpu.push_back(all.back().cpu_seconds);
    }
    // The memory's parts are those of the run whose memory is the median.
    std::sort(all.begin(), all.end(), [](const Sample& one, const Sample& other) {
      return one.memory_bytes < other.memory_bytes;
    });
    sample = all[all.size() / 2];
    sample.cpu_seconds = median(std::move(cpu));
    if (!sample.parts.empty()) parts_[style.words] = sample.parts;
    fmt::print("  {:>8} {:<28} {:>10.6f} s {:>9.0f} bytes{}\n", tasks, style.words,
               sample.cpu_seconds, sample.memory_bytes,
               durations == 10 ? "" : ", each its own time");
    return sample;
  }

  void add_row(const Style& style, std::uint64_t tasks, const Sample& sample) {
    figures_["counts"].push_back({{"style", style.words},
                                  {"tasks", tasks},
                                  {"cpu_seconds", sample.cpu_seconds},
                                  {"memory_bytes", sample.memory_bytes}});
    if (tasks == 1'000)
      figures_[fmt::format("{}_thousand_memory_bytes", style.name)] =
          sample.memory_bytes;
  }

  double figure(const std::string& style, const std::string& times, const char* what) {
    return figures_[fmt::format("{}_{}_{}", style, times, what)];
  }

  void ratio(const std::string& style, const std::string& other, double cpu_goal,
             double memory_goal) {
    // The own coroutine's queue is there for any times.
    const std::string times =
        style == "own" && other != "asio" ? "any_times" : "ten_durations";
    for (const auto& [what, unit, goal] :
         {std::tuple{"cpu", "cpu_seconds", cpu_goal},
          std::tuple{"memory", "memory_bytes", memory_goal}}) {
      const double value =
          figure(other, "ten_durations", unit) / figure(style, times, unit);
      figures_[fmt::format("{}_against_{}_{}_ratio", style, other, what)] = value;
      fmt::print("  {:<8} against {:<11} {:>7.1f} x less {:<6}", style, other, value,
                 what);
      if (goal > 0) fmt::print("  goal: {:.1f} x", goal);
      fmt::print("\n");
    }
  }

  /// Seconds of CPU time to touch fresh memory once, a byte of each page.
  static double touch(std::size_t size) {
    std::vector<double> seconds;
    for (int round = 0; round < 5; ++round) {
      void* address = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (address == MAP_FAILED)
        throw std::system_error(errno, std::generic_category(), "mmap");
      auto* bytes = static_cast<volatile char*>(address);
      seconds.push_back(seconds_of([&] {
        for (std::size_t at = 0; at < size; at += 4096) bytes[at] = 1;
      }));
      ::munmap(address, size);
    }
    return median(seconds);
  }

  static std::vector<std::pair<const char*, std::string>> kernel_limits() {
    return {{"kernel_process_ids", "/proc/sys/kernel/pid_max"},
            {"kernel_threads", "/proc/sys/kernel/threads-max"},
            {"kernel_maps", "/proc/sys/vm/max_map_count"}};
  }

  static std::optional<std::uint64_t> read_number(const std::string& file) {
    std::uint64_t value = 0;
    std::ifstream stream(file);
    if (stream >> value) return value;
    return {};  // "max", or no such file
  }

  /// So many processes or threads harm nobody: a third of what the kernel would give.
  static std::uint64_t most_kernel_tasks() {
    std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    for (const auto& [name, file] : kernel_limits())
      most = std::min(most, read_number(file).value_or(most));
    ::rlimit user{};
    ::getrlimit(RLIMIT_NPROC, &user);
    if (::geteuid() != 0) most = std::min<std::uint64_t>(most, user.rlim_cur);
    // The control group's, and those of the ones above it.
    std::ifstream stream("/proc/self/cgroup");
    for (std::string line; std::getline(stream, line);)
      if (line.starts_with("0::"))
        for (std::filesystem::path group = line.substr(3);;
             group = group.parent_path()) {
          const std::string file = "/sys/fs/cgroup" + group.string() + "/pids.max";
          most = std::min(most, read_number(file).value_or(most));
          if (group == group.parent_path()) break;
        }
    return most / 3;
  }

  const MeasureOptions& options_;
  nlohmann::json& figures_;
  std::vector<Style> styles_;
  std::map<std::tuple<std::string, std::uint64_t, std::uint64_t>, Sample> samples_;
  std::map<std::string, std::vector<double>> parts_;
  double touched_ = 0;
};

void measure_sleepers(const MeasureOptions& options, nlohmann::json& figures) {
  Sleepers sleepers(options, figures);
  sleepers.measure_counts();
  sleepers.measure_distributions();
  sleepers.measure_million();
  sleepers.measure_frames();
  sleepers.show_parts();
  sleepers.measure_limits();
}

}  // namespace

int main(int argc, char** argv) {
  return measure(argc, argv, "Sleeping tasks in each style", measure_sleepers);
}
