// The program etl beside CPython's pool with NumPy and beside reading and writing the
// same bytes and nothing else; what each step from the simple way to the fast one
// gains; and what writing a file costs in each way. The files are in the page cache.
//
//     etl_benchmark [--form trial|short|long]
#include <fcntl.h>
#include <fmt/core.h>
#include <sndfile.h>

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "examples_2025_03_03_17_26/simple_sounds.hpp"
#include "examples_2025_03_03_17_26/sound_directory.hpp"
#include "examples_2025_03_03_17_26/sounds.hpp"
#include "examples_2025_03_03_17_26/stopping.hpp"
#include "measurements/comparison.hpp"
#include "measurements/measurement.hpp"
#include "measurements/resources.hpp"
#include "measurements/run_command.hpp"
#include "program/file_descriptor.hpp"
#include "program/read_write.hpp"
#include "program/system_error.hpp"
#include "program/temporary_directory.hpp"

namespace measurements {
namespace {

namespace fs = std::filesystem;

/// What a program of the book says went wrong with a sound, if anything did.
void check_failure(const std::string& failure) {
  if (failure.empty()) return;
  if (names_a_limit(failure)) throw NotMeasured(failure);
  throw std::runtime_error(failure);
}

/// Where there is room for all sounds: where temporary files are, or else in the build.
/// \throws NotMeasured if there is room in neither.
fs::path place_with_room(const fs::path& build, double bytes) {
  std::error_code none;
  std::string why;
  for (const fs::path& place : {fs::temp_directory_path(none), build}) {
    std::error_code error;
    const fs::space_info space = fs::space(place, error);
    if (place.empty() || error) continue;
    if (static_cast<double>(space.available) >= bytes) return place;
    why = fmt::format("{} has room for {:.1f} GB, and {:.1f} GB are needed",
                      place.string(), static_cast<double>(space.available) * 1e-9,
                      bytes * 1e-9);
  }
  throw NotMeasured(why.empty() ? "there is no directory for its files" : why);
}

program::FileDescriptor open_to_write(const std::string& path, int flags = 0) {
  return program::open_file(path, O_WRONLY | O_CREAT | flags);
}

// The limit: reads a file in pieces, and writes them over another file.
void copy_over(const std::string& from, const std::string& to) {
  thread_local std::vector<std::byte> piece(1 << 18);
  const auto input = program::open_file(from, O_RDONLY), output = open_to_write(to);
  std::size_t size = piece.size();
  while (size == piece.size()) {
    size = program::read_up_to(input.get(), piece, from);
    program::write_all(output.get(), std::span(piece).first(size), to);
  }
}

// Reads a whole sound, and writes it over another file.
void transform_whole(const SoundTask& task) {
  constexpr std::size_t header = 64 / sizeof(float);  // as WavWriter has made it
  std::vector<float> samples(fs::file_size(task.input) / sizeof(float));
  const auto input = program::open_file(task.input, O_RDONLY),
             output = open_to_write(task.output());
  const std::span bytes = std::as_writable_bytes(std::span(samples));
  if (program::read_up_to(input.get(), bytes, task.input) < bytes.size())
    throw std::runtime_error(task.input + " became shorter");
  GaussianNoise(task.seed, task.number, InstructionSet::baseline)
      .add_to(std::span(samples).subspan(header), 0.1f);
  program::write_all(output.get(), bytes, task.output());
}

class EtlMeasure {
 public:
  explicit EtlMeasure(const MeasurementOptions& options)
      : options_(options),
        files_(by_form(options.form, 4, 4, 12)),
        minutes_(by_form(options.form, 0.02, 2.0, 4.0)) {
    try {
      make_sounds();
    } catch (const std::exception& error) {
      const std::optional<std::string> reason = reason_of(error);
      if (!reason) throw;
      missing_ = *reason;
    }
  }

  // Two workers each, and the same sounds for all.
  void measure_styles(Report& report) {
    Comparison seconds(options_.form, {.short_seconds = 3.5, .long_seconds = 60});
    const std::string key = "/examples_2025_03_03_17_26/etl";
    const auto add_cpp = [&](const std::string& name,
                             const std::vector<std::string>& how) {
      std::vector<std::string> words{options_.programs + key};
      words.insert(words.end(), how.begin(), how.end());
      add(seconds, name, [this, words] { return run_etl(words); });
    };
    add(seconds, "python", [this, key] {
      return run_etl(
          {options_.python, "-B", options_.root + key + ".py", "--processes", "2"});
    });
    add(seconds, "limit", [this] { return read_and_write(2); });
    std::string best;
    for (const InstructionSet set : instruction_sets()) {
      best = name_of(set);  // the last one stays
      add_cpp(best, {"--threads", "2", "--instructions", best});
    }
    add_cpp("processes", {"--processes", "2"});
    add_cpp("simple", {"--threads", "2", "--simple"});
    seconds.run();

    report.heading(
        fmt::format("{} sounds of {} minute(s), two workers", files_, minutes_));
    report.add_fact("files", std::int64_t{files_});
    report.add_fact("minutes", static_cast<std::int64_t>(minutes_));
    report.add("python_seconds", seconds.figure("python"));
    report.add("limit_seconds", seconds.figure("limit"));
    const auto add_row = [&](const std::string& way, const std::string& peer) {
      report.add_row("styles", {{"way", way}},
                     {{"against_python_ratio", seconds.ratio("python", peer)}});
    };
    const auto add_set = [&](const std::string& name, const std::string& peer) {
      report.add(name + "_seconds", seconds.figure(peer));
      report.add(name + "_against_python_ratio", seconds.ratio("python", peer));
      report.add(name + "_against_limit_ratio", seconds.ratio(peer, "limit"));
    };
    for (const InstructionSet set : instruction_sets()) {
      const std::string name(name_of(set));
      add_set(name, name);
      add_row("threads, " + name, name);
    }
    add_set("best", best);
    add_row("processes", "processes");
    report.add("processes_against_threads_ratio", seconds.ratio("processes", best));
    add_row("threads, the simple way", "simple");
    report.add("simple_against_python_ratio", seconds.ratio("python", "simple"));
    add_row("reading and writing alone", "limit");
  }

  // One thread.
  void measure_steps(Report& report) {
    Comparison steps(options_.form, {.short_seconds = 3.5, .long_seconds = 60});
    const std::string simple = "libsndfile, std::normal_distribution",
                      polynomials = "noise by polynomials",
                      over_older = "written over an older file",
                      in_pieces = "in pieces";
    add(steps, simple, [this] {
      return for_each([](const SoundTask& task) {
        transform_simply(task.input, task.output(), [&](std::span<float> samples) {
          add_simple_noise(samples, task.seed, task.number);
        });
      });
    });
    add(steps, polynomials, [this] {
      return for_each([](const SoundTask& task) {
        transform_simply(task.input, task.output(), [&](std::span<float> samples) {
          GaussianNoise(task.seed, task.number, InstructionSet::baseline)
              .add_to(samples, 0.1f);
        });
      });
    });
    add(steps, over_older, [this] { return for_each(transform_whole); });
    std::string last;
    for (const InstructionSet set : instruction_sets()) {
      last = set == InstructionSet::baseline
                 ? in_pieces
                 : fmt::format("instructions: {}", name_of(set));
      add(steps, last, [this, set] {
        return for_each([set](SoundTask task) {
          task.instructions = set;
          check_failure(transform_sound(task).failure);
        });
      });
    }
    add(steps, "reading and writing alone", [this] { return read_and_write(1); });
    steps.run();

    report.heading("step by step, one thread");
    for (const std::string& step : steps.peers())
      report.add_row("steps", {{"step", step}}, {{"wall_seconds", steps.figure(step)}});
    report.add("polynomials_ratio", steps.ratio(simple, polynomials));
    report.add("over_older_ratio", steps.ratio(polynomials, over_older));
    report.add("pieces_ratio", steps.ratio(over_older, in_pieces));
    report.add("instructions_ratio", steps.ratio(in_pieces, last));
    report.add("all_steps_ratio", steps.ratio(simple, last));
  }

  // One sound, written and nothing else.
  void measure_writing(Report& report) {
    const auto size = static_cast<std::size_t>(minutes_ * 60 * 44'100);
    const std::vector<float> samples(size, 0.5f);
    const std::string path = place_ ? place_->path() / "written.wav" : "";
    const auto plainly = [&](int flags) {
      return seconds_of([&] {
        const auto file = open_to_write(path, flags);
        program::write_all(file.get(), std::as_bytes(std::span(samples)), path);
      });
    };
    std::vector<float> noise(1 << 16);
    GaussianNoise fast(1, 1, InstructionSet::baseline);
    Comparison ways(options_.form, {.short_seconds = 1.5, .long_rounds = 15});
    add(ways, "libsndfile", [&] {
      return seconds_of([&] {
        SF_INFO info{};
        info.samplerate = 44'100;
        info.channels = 1;
        info.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
        SNDFILE* file = ::sf_open(path.c_str(), SFM_WRITE, &info);
        const auto count = static_cast<::sf_count_t>(size);
        if (!file || ::sf_write_float(file, samples.data(), count) != count ||
            ::sf_close(file) != 0)
          program::throw_errno(path);
      });
    });
    add(ways, "truncating", [&] { return plainly(O_TRUNC); });
    add(ways, "overwriting", [&] { return plainly(0); });
    ways.add("standard_noise",
             [&] { return seconds_of([&] { add_simple_noise(noise, 1, 1); }); });
    ways.add("polynomials",
             [&] { return seconds_of([&] { fast.add_to(noise, 0.1f); }); });
    ways.run();
    report.heading("writing a sound over an older one, and noise alone");
    for (const auto& [slower, faster] : {std::pair{"libsndfile", "overwriting"},
                                         {"truncating", "overwriting"},
                                         {"standard_noise", "polynomials"}})
      report.add(fmt::format("{}_against_{}_ratio", slower, faster),
                 ways.ratio(slower, faster));
  }

 private:
  void make_sounds() {
    const double bytes = 2 * files_ * minutes_ * 60 * 44'100 * sizeof(float);
    // They are to stay in the page cache, with as much for what works on them.
    need_memory(2 * bytes);
    place_.emplace("sounds-", std::vector<fs::path>{
                                  place_with_room(options_.programs, 1.2 * bytes)});
    for (int number = 1; number <= files_; ++number) {
      tasks_.push_back({.input = sound_path(place_->path(), number),
                        .number = static_cast<std::uint64_t>(number),
                        .seed = 1});
      check_failure(make_sound_if_missing(tasks_.back().input, minutes_));
      fs::copy_file(tasks_.back().input, tasks_.back().output());
    }
  }

  /// Adds a peer that needs the sounds.
  void add(Comparison& comparison, const std::string& name,
           const std::function<double()>& run) {
    if (!missing_.empty()) return comparison.add_missing(name, missing_);
    comparison.add(name, [run]() -> double {
      if (stop_signal() != 0) throw std::runtime_error("it was stopped");
      return run();
    });
  }

  template <class Action>
  double for_each(const Action& action) {
    return seconds_of([&] {
      for (const SoundTask& task : tasks_) action(task);
    });
  }

  // The limit: the same bytes, over files that are there.
  double read_and_write(int threads) {
    std::atomic<std::size_t> next = 0;
    std::vector<std::exception_ptr> failures(static_cast<std::size_t>(threads));
    const double seconds = seconds_of([&] {
      std::vector<std::jthread> workers;
      for (std::exception_ptr& failure : failures)
        workers.emplace_back([&] {
          try {
            for (std::size_t at; (at = next++) < tasks_.size();)
              copy_over(tasks_[at].input, tasks_[at].output());
          } catch (...) {
            failure = std::current_exception();
          }
        });
    });
    for (const std::exception_ptr& failure : failures)
      if (failure) std::rethrow_exception(failure);
    return seconds;
  }

  // The time that the program says it took: without its start.
  double run_etl(std::vector<std::string> words) {
    for (const std::string& word :
         {std::string("--files"), std::to_string(files_), std::string("--directory"),
          place_->path().string()})
      words.push_back(word);
    const std::string output = run_command(words).output;
    const std::string before = "etl took ";
    const std::size_t place = output.rfind(before);
    if (place == std::string::npos) throw std::runtime_error("no time in: " + output);
    return std::stod(output.substr(place + before.size()));
  }

  const MeasurementOptions& options_;
  const int files_;
  const double minutes_;
  std::optional<program::TemporaryDirectory> place_;
  std::vector<SoundTask> tasks_;
  std::string missing_;  // why there are no sounds
};

void measure_etl(const MeasurementOptions& options, Report& report) {
  stop_on_signals();  // a program that is ended by one fails, and nothing is left
  EtlMeasure measure(options);
  measure.measure_styles(report);
  measure.measure_steps(report);
  measure.measure_writing(report);
}

}  // namespace
}  // namespace measurements

int main(int argc, char** argv) {
  return measurements::run_measurement(
      argc, argv, "etl", "What etl costs, and against what", measurements::measure_etl);
}
