#include "docs/recorder/facts.hpp"

#include <fmt/format.h>
#if __has_include(<mimalloc.h>)
#include <mimalloc.h>
#endif
#include <oneapi/tbb/version.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <CLI/Version.hpp>
#include <algorithm>
#include <boost/algorithm/string/trim.hpp>
#include <boost/version.hpp>
#include <cereal/version.hpp>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <opencv2/core/version.hpp>
#include <string>
#include <thread>
#include <vector>

#include "docs/recorder/recording.hpp"
#include "docs/recorder/run.hpp"

namespace recorder {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;
using clock = std::chrono::steady_clock;

/// What a command prints, without the last newline; empty where it fails.
std::string output_of(const std::string& command) {
  std::string text;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(
      popen((command + " 2>/dev/null").c_str(), "r"), pclose);
  char bytes[4096];
  while (pipe && fgets(bytes, sizeof bytes, pipe.get())) text += bytes;
  boost::trim(text);
  return text;
}

/// The value of the first line of a file that begins with a key.
std::string field(const fs::path& path, const std::string& key, char separator) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);)
    if (line.compare(0, key.size(), key) == 0) {
      std::string value = line.substr(line.find(separator) + 1);
      boost::trim_if(value, boost::is_any_of(" \t\""));
      return value;
    }
  return {};
}

std::string quoted(const fs::path& path) {
  return fmt::format("'{}'", path.string());
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<long>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double own_cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

}  // namespace

json describe_machine(const fs::path& root, const fs::path& python) {
  utsname kernel{};
  uname(&kernel);
  const auto version = [](int major, int minor, int patch) {
    return fmt::format("{}.{}.{}", major, minor, patch);
  };
#if defined(__clang__)
  const std::string compiler =
      "clang++ " + version(__clang_major__, __clang_minor__, __clang_patchlevel__);
#else
  const std::string compiler =
      "g++ " + version(__GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
  const std::string git = "git -C " + quoted(root);
  const auto python_says = [&](const std::string& expression) {
    return output_of(
        fmt::format("{} -c 'import importlib.metadata, platform; print({})'",
                    quoted(python), expression));
  };
  const auto version_in_python = [&](const std::string& package) {
    return python_says(fmt::format("importlib.metadata.version(\"{}\")", package));
  };
  return {
      {"processor", field("/proc/cpuinfo", "model name", ':')},
      {"cores", std::thread::hardware_concurrency()},
      {"memory_bytes", static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES)) *
                           static_cast<std::size_t>(sysconf(_SC_PAGESIZE))},
      {"kernel", fmt::format("{} {}", kernel.sysname, kernel.release)},
      {"system", field("/etc/os-release", "PRETTY_NAME", '=')},
      {"compiler", compiler},
      {"flags", BOOK_COMPILER_FLAGS},
      {"libraries",
       json::array(
           {{{"name", "Boost"},
             {"version", version(BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000,
                                 BOOST_VERSION % 100)}},
            {{"name", "oneTBB"},
             {"version",
              version(TBB_VERSION_MAJOR, TBB_VERSION_MINOR, TBB_VERSION_PATCH)}},
            {{"name", "{fmt}"},
             {"version", version(FMT_VERSION / 10000, FMT_VERSION / 100 % 100,
                                 FMT_VERSION % 100)}},
            {{"name", "cereal"},
             {"version", version(CEREAL_VERSION_MAJOR, CEREAL_VERSION_MINOR,
                                 CEREAL_VERSION_PATCH)}},
            {{"name", "CLI11"}, {"version", CLI11_VERSION}},
            {{"name", "JSON for Modern C++"},
             {"version",
              version(NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
                      NLOHMANN_JSON_VERSION_PATCH)}},
            {{"name", "OpenCV"}, {"version", CV_VERSION}},
            {{"name", "libjpeg-turbo"}, {"version", BOOK_TURBOJPEG_VERSION}},
            {{"name", "libsndfile"}, {"version", BOOK_SNDFILE_VERSION}},
            {{"name", "GMP"}, {"version", BOOK_GMP_VERSION}},
#ifdef MI_MALLOC_VERSION
            {{"name", "mimalloc"},
             {"version", version(MI_MALLOC_VERSION / 100, MI_MALLOC_VERSION / 10 % 10,
                                 MI_MALLOC_VERSION % 10)}},
#endif
            {{"name", "pybind11"}, {"version", BOOK_PYBIND11_VERSION}},
            {{"name", "Pillow"}, {"version", version_in_python("pillow")}},
            {{"name", "NumPy"}, {"version", version_in_python("numpy")}},
            {{"name", "soundfile"}, {"version", version_in_python("soundfile")}}})},
      {"python",
       python_says("platform.python_implementation(), platform.python_version()")},
      {"commit", output_of(git + " rev-parse --short HEAD")},
      {"commit_modified", !output_of(git + " status --porcelain").empty()},
      {"date", utc_now().substr(0, 10)},
  };
}

json measure_recorder(const fs::path& self) {
  constexpr int lines = 2000;
  constexpr int threads = 10;
  constexpr int starts = 500;
  constexpr int rounds = 5;
  const auto run_probe = [&](int with_lines, int with_threads, int with_starts,
                             bool recorded) {
    run_options options;
    options.command = {self.string(), "probe", std::to_string(with_lines),
                       std::to_string(with_threads), std::to_string(with_starts)};
    options.terminal = false;
    options.report_calls = options.follow_threads = recorded;
    run what = record(options);
    if (auto wrong = check_end(what, 0); !wrong.empty())
      throw std::runtime_error("the probe failed: " + wrong);
    return what;
  };

  const auto last_number = [](const run& what) {
    return std::stod(what.lines.back().text);
  };

  std::vector<double> with, without, delays, shares, starts_with, starts_without;
  for (int i = 0; i < rounds; ++i) {
    without.push_back(last_number(run_probe(lines, 0, 0, false)));
    const run what = run_probe(lines, 0, 0, true);
    with.push_back(last_number(what));
    for (auto line = what.lines.begin(); line != what.lines.end() - 1; ++line) {
      const clock::time_point printed{clock::duration(std::stoll(line->text))};
      delays.push_back(line->time -
                       std::chrono::duration<double>(printed - what.began).count());
    }
    const double cpu = own_cpu_seconds();
    const double wall = run_probe(0, threads, 0, true).wall_seconds;
    shares.push_back((own_cpu_seconds() - cpu) / wall);
    starts_without.push_back(last_number(run_probe(0, 0, starts, false)));
    starts_with.push_back(last_number(run_probe(0, 0, starts, true)));
  }
  return {{"lines", lines * rounds},
          {"threads", threads},
          {"line_cost_seconds", median(with)},
          {"line_cost_bare_seconds", median(without)},
          {"delay_median_seconds", median(delays)},
          {"delay_max_seconds", *std::max_element(delays.begin(), delays.end())},
          {"sampling_share", median(shares)},
          {"start_cost_seconds", median(starts_with)},
          {"start_cost_bare_seconds", median(starts_without)}};
}

void probe(int lines, int threads, int starts) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  const auto repeat = [](int times, const auto& what) {
    const auto began = clock::now();
    for (int i = 0; i < times; ++i) what();
    const std::chrono::duration<double> took = clock::now() - began;
    if (times > 0) fmt::print("{}\n", took.count() / times);
  };
  repeat(lines, [] { fmt::print("{}\n", clock::now().time_since_epoch().count()); });
  repeat(starts, [] { std::thread([] {}).join(); });
  std::vector<std::jthread> sleepers;
  for (int i = 0; i < threads; ++i)
    sleepers.emplace_back([] { std::this_thread::sleep_for(std::chrono::seconds(1)); });
}

}  // namespace recorder
