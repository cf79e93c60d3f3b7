// The program etl beside CPython's pool with NumPy and beside reading and writing the
// same bytes and nothing else; what each step from the simple way to the fast one
// gains; and what writing a file costs in each way. The files are in the page cache.
//
//     etl_benchmark [--quick]
#include <fcntl.h>
#include <fmt/core.h>
#include <sndfile.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>
#include <vector>

#include "examples_2025_03_03_17_26/sounds.hpp"
#include "tests/benchmarks/measure.hpp"
#include "tests/temporary_directory.hpp"

namespace {

void check(bool good, const std::string& what) {
  if (!good) throw std::system_error(errno, std::generic_category(), what);
}

class File {
 public:
  File(const std::string& path, int flags)
      : number(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {
    check(number >= 0, path);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { ::close(number); }

  const int number;
};

// The limit: reads a file in pieces, and writes them over another file.
void copy_over(const std::string& from, const std::string& to) {
  thread_local std::vector<char> piece(1 << 18);
  const File input(from, O_RDONLY), output(to, O_WRONLY);
  ::ssize_t got = 0;
  while ((got = ::read(input.number, piece.data(), piece.size())) > 0)
    check(::write(output.number, piece.data(), static_cast<std::size_t>(got)) == got,
          to);
  check(got == 0, from);
}

// Reads a whole sound, and writes it over another file.
void transform_whole(const SoundTask& task) {
  constexpr std::size_t header = 80 / sizeof(float);  // as libsndfile has made it
  const std::size_t size = std::filesystem::file_size(task.input);
  std::vector<float> samples(size / sizeof(float));
  const File input(task.input, O_RDONLY), output(task.output(), O_WRONLY);
  const auto all = static_cast<::ssize_t>(size);
  check(::read(input.number, samples.data(), size) == all, task.input);
  GaussianNoise(task.seed, task.number, InstructionSet::baseline)
      .add_to(std::span(samples).subspan(header), 0.1f);
  check(::write(output.number, samples.data(), size) == all, task.output());
}

class EtlMeasure {
 public:
  explicit EtlMeasure(const MeasureOptions& options)
      : options_(options),
        files_(options.quick ? 4 : 12),
        minutes_(options.quick ? 0.02 : 4),
        rounds_(options.quick ? 1 : 5) {
    for (int number = 1; number <= files_; ++number) {
      tasks_.push_back({.input = sound_path(directory_.path, number),
                        .number = static_cast<std::uint64_t>(number),
                        .seed = 1});
      const std::string failure = make_sound_if_missing(tasks_.back().input, minutes_);
      if (!failure.empty()) throw std::runtime_error(failure);
      std::filesystem::copy_file(tasks_.back().input, tasks_.back().output());
    }
  }

  // Two workers each, and the same sounds for all.
  void measure_styles(nlohmann::json& figures) {
    std::vector<std::function<double()>> peers{
        [this] {
          return run_etl({options_.python, "-B",
                          options_.root + "/examples_2025_03_03_17_26/etl.py",
                          "--processes", "2"});
        },
        [this] { return read_and_write(2); }};
    for (const InstructionSet set : instruction_sets())
      peers.push_back([this, set] {
        return run_etl({options_.programs + "/examples_2025_03_03_17_26/etl",
                        "--threads", "2", "--instructions", std::string(name_of(set))});
      });
    peers.push_back([this] {
      return run_etl(
          {options_.programs + "/examples_2025_03_03_17_26/etl", "--processes", "2"});
    });
    peers.push_back([this] {
      return run_etl({options_.programs + "/examples_2025_03_03_17_26/etl", "--threads",
                      "2", "--simple"});
    });
    const std::vector<double> seconds = medians_in_turn(rounds_, peers);

    const double python = seconds[0], limit = seconds[1];
    figures["files"] = files_;
    figures["minutes"] = static_cast<int>(minutes_);
    figures["python_seconds"] = python;
    figures["limit_seconds"] = limit;
    fmt::print("{} sounds of {} minute(s), two workers\n", files_, minutes_);
    fmt::print("  {:34} {:8.1f} ms\n", "CPython's pool with NumPy", python * 1e3);
    fmt::print("  {:34} {:8.1f} ms\n", "reading and writing alone", limit * 1e3);
    nlohmann::json rows = nlohmann::json::array();
    const auto add = [&](const std::string& way, double taken, const char* goal) {
      rows.push_back({{"way", way}, {"against_python_ratio", python / taken}});
      fmt::print("  {:34} {:8.1f} ms {:6.1f} x CPython's pool{}; {:.2f} x the limit\n",
                 way, taken * 1e3, python / taken, goal, taken / limit);
    };
    constexpr std::array goals{" (goal: 8)", " (goal: 11)", " (goal: 13)"};
    std::size_t peer = 2;
    for (const InstructionSet set : instruction_sets()) {
      const double taken = seconds[peer++];
      const std::string name(name_of(set));
      figures[name + "_seconds"] = taken;
      figures[name + "_against_python_ratio"] = python / taken;
      figures[name + "_against_limit_ratio"] = taken / limit;
      figures["best_seconds"] = taken;  // the last one stays
      figures["best_against_python_ratio"] = python / taken;
      figures["best_against_limit_ratio"] = taken / limit;
      add("threads, " + name, taken, goals[static_cast<std::size_t>(set)]);
    }
    add("processes", seconds[peer], "");
    figures["processes_against_threads_ratio"] =
        seconds[peer] / figures["best_seconds"].get<double>();
    add("threads, the simple way", seconds[peer + 1], "");
    figures["simple_against_python_ratio"] = python / seconds[peer + 1];
    add("reading and writing alone", limit, "");
    figures["styles"] = rows;
    fmt::print("  the best is {:.2f} x the limit (goal: at most 1.6)\n",
               figures["best_against_limit_ratio"].get<double>());
  }

  // One thread.
  void measure_steps(nlohmann::json& figures) {
    std::vector<std::string> names{"libsndfile, std::normal_distribution",
                                   "noise by polynomials", "written over an older file",
                                   "in pieces"};
    std::vector<std::function<double()>> steps{
        [this] {
          return for_each([](const SoundTask& task) {
            transform_simply(task.input, task.output(), [&](std::span<float> samples) {
              add_simple_noise(samples, task.seed, task.number);
            });
          });
        },
        [this] {
          return for_each([](const SoundTask& task) {
            transform_simply(task.input, task.output(), [&](std::span<float> samples) {
              GaussianNoise(task.seed, task.number, InstructionSet::baseline)
                  .add_to(samples, 0.1f);
            });
          });
        },
        [this] { return for_each(transform_whole); }};
    for (const InstructionSet set : instruction_sets()) {
      if (set != InstructionSet::baseline)
        names.push_back("instructions: " + std::string(name_of(set)));
      steps.push_back([this, set] {
        return for_each([set](SoundTask task) {
          task.instructions = set;
          const std::string failure = transform_sound(task).failure;
          if (!failure.empty()) throw std::runtime_error(failure);
        });
      });
    }
    names.emplace_back("reading and writing alone");
    steps.push_back([this] { return read_and_write(1); });

    const std::vector<double> seconds = medians_in_turn(rounds_, steps);
    fmt::print("step by step, one thread\n");
    nlohmann::json rows = nlohmann::json::array();
    for (std::size_t i = 0; i < steps.size(); ++i) {
      fmt::print("  {:40} {:8.1f} ms  {:6.2f} x\n", names[i], seconds[i] * 1e3,
                 seconds[0] / seconds[i]);
      rows.push_back({{"step", names[i]}, {"wall_seconds", seconds[i]}});
    }
    figures["steps"] = rows;
    figures["polynomials_ratio"] = seconds[0] / seconds[1];
    figures["over_older_ratio"] = seconds[1] / seconds[2];
    figures["pieces_ratio"] = seconds[2] / seconds[3];
    figures["instructions_ratio"] = seconds[3] / seconds[seconds.size() - 2];
    figures["all_steps_ratio"] = seconds[0] / seconds[seconds.size() - 2];
  }

  // One sound, written and nothing else.
  void measure_writing(nlohmann::json& figures) {
    const std::size_t size = static_cast<std::size_t>(minutes_ * 60 * 44'100);
    const std::vector<float> samples(size, 0.5f);
    const std::string path = directory_.path / "written.wav";
    const auto plainly = [&](int flags) {
      return seconds_of([&] {
        const File file(path, O_WRONLY | O_CREAT | flags);
        const auto bytes = static_cast<::ssize_t>(size * sizeof(float));
        check(::write(file.number, samples.data(), size * sizeof(float)) == bytes,
              path);
      });
    };
    const auto by_libsndfile = [&] {
      return seconds_of([&] {
        SF_INFO info{};
        info.samplerate = 44'100;
        info.channels = 1;
        info.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
        SNDFILE* file = ::sf_open(path.c_str(), SFM_WRITE, &info);
        const auto count = static_cast<::sf_count_t>(size);
        check(file && ::sf_write_float(file, samples.data(), count) == count &&
                  ::sf_close(file) == 0,
              path);
      });
    };
    std::vector<float> noise(1 << 16);
    GaussianNoise fast(1, 1, InstructionSet::baseline);
    const std::vector<double> seconds = medians_in_turn(
        options_.quick ? 1 : 15,
        {by_libsndfile, [&] { return plainly(O_TRUNC); }, [&] { return plainly(0); },
         [&] { return seconds_of([&] { add_simple_noise(noise, 1, 1); }); },
         [&] { return seconds_of([&] { fast.add_to(noise, 0.1f); }); }});
    figures["libsndfile_against_overwriting_ratio"] = seconds[0] / seconds[2];
    figures["truncating_against_overwriting_ratio"] = seconds[1] / seconds[2];
    figures["standard_noise_against_polynomials_ratio"] = seconds[3] / seconds[4];
    fmt::print(
        "writing a sound over an older one: libsndfile {:.1f} x, cut to nothing first "
        "{:.1f} x\nstd::normal_distribution {:.0f} x the polynomials\n",
        seconds[0] / seconds[2], seconds[1] / seconds[2], seconds[3] / seconds[4]);
  }

 private:
  template <class Action>
  double for_each(const Action& action) {
    return seconds_of([&] {
      for (const SoundTask& task : tasks_) action(task);
    });
  }

  // The limit: the same bytes, over files that are there.
  double read_and_write(int threads) {
    std::atomic<std::size_t> next = 0;
    return seconds_of([&] {
      std::vector<std::jthread> workers;
      for (int i = 0; i < threads; ++i)
        workers.emplace_back([&] {
          for (std::size_t at; (at = next++) < tasks_.size();)
            copy_over(tasks_[at].input, tasks_[at].output());
        });
    });
  }

  // The time that the program says it took: without its start.
  double run_etl(std::vector<std::string> words) {
    for (const std::string& word :
         {std::string("--files"), std::to_string(files_), std::string("--directory"),
          directory_.path.string()})
      words.push_back(word);
    const std::string output = run_command(words).output;
    const std::string before = "etl took ";
    const std::size_t place = output.rfind(before);
    if (place == std::string::npos) throw std::runtime_error("no time in: " + output);
    return std::stod(output.substr(place + before.size()));
  }

  const MeasureOptions& options_;
  const int files_;
  const double minutes_;
  const int rounds_;
  const temporary_directory directory_;
  std::vector<SoundTask> tasks_;
};

void measure_etl(const MeasureOptions& options, nlohmann::json& figures) {
  stop_on_signals();  // a program that is ended by one fails, and nothing is left
  EtlMeasure measure(options);
  measure.measure_styles(figures);
  measure.measure_steps(figures);
  measure.measure_writing(figures);
}

}  // namespace

int main(int argc, char** argv) {
  return measure(argc, argv, "What etl costs, and against what", measure_etl);
}
