#include "recorder/facts.hpp"

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
#include <map>
#include <opencv2/core/version.hpp>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "recorder/asked.hpp"
#include "recorder/company.hpp"
#include "recorder/proc.hpp"
#include "recorder/recording.hpp"
#include "recorder/resources.hpp"
#include "recorder/run.hpp"

namespace recorder {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;
using clock = std::chrono::steady_clock;

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

/// The versions of Python, and of packages as those it runs find them.
struct python_versions {
  std::string python;
  std::map<std::string, std::string> packages;
};

python_versions ask_python(const fs::path& python) {
  // Isolated, as the counterparts are from the user's packages and from this directory.
  const auto says = ask({fs::absolute(python).string(), "-I", "-c", R"(
import json, platform
from importlib.metadata import PackageNotFoundError, version
def version_of(name):
    try: return version(name)
    except PackageNotFoundError: return "not installed"
print(json.dumps({
    "python": f"{platform.python_implementation()} {platform.python_version()}",
    "packages": {name: version_of(name)
                 for name in ("pillow", "numpy", "soundfile")}}))
)"});
  if (!says.failure.empty())
    throw std::runtime_error(
        fmt::format("the versions of Python's packages are not known: {}\n{}",
                    says.failure, says.error));
  const json told = json::parse(says.output);
  return {told.at("python"), told.at("packages")};
}

/// What is known of the commit of a source tree.
struct commit_facts {
  json id;        ///< Null where it isn't known.
  json note;      ///< Why it isn't.
  json modified;  ///< Whether files differ from it; null where it isn't known.
};

commit_facts ask_git(const fs::path& root) {
  const auto unknown = [](const std::string& why) {
    return commit_facts{nullptr, why, nullptr};
  };
  // The tree may lie in a repository of other things.
  std::error_code error;
  if (!fs::exists(root / ".git", error))
    return unknown("the source tree is no git repository");
  // It may also be another user's: to ask for its commit is safe, as long as git runs
  // nothing that its configuration names.
  const auto git = [&](std::vector<std::string> question) {
    question.insert(question.begin(),
                    {"git", "--no-optional-locks", "-c", "safe.directory=*", "-c",
                     "core.fsmonitor=false", "-C", fs::absolute(root).string()});
    return ask(question);
  };
  const auto top = git({"rev-parse", "--show-toplevel"});
  if (!top.is_installed) return unknown("git is not installed");
  if (!top.failure.empty())
    return unknown(fmt::format("git does not tell it: {}",
                               top.error.empty() ? top.failure : top.error));
  if (!fs::equivalent(top.output, root, error))
    return unknown("the source tree is no git repository of its own");
  const auto id = git({"rev-parse", "--verify", "--short", "HEAD"});
  if (!id.failure.empty()) return unknown("the repository has no commit yet");
  const auto changes = git({"status", "--porcelain"});
  return {id.output, nullptr,
          changes.failure.empty() ? json(!changes.output.empty()) : json()};
}

/// The figure of a measure that was taken several times, as the measurements of
/// measurements write it.
json figure(std::vector<double> rounds) {
  std::sort(rounds.begin(), rounds.end());
  // The quantile between two rounds lies on the line that joins them.
  const auto quantile = [&](double share) {
    const double at = share * static_cast<double>(rounds.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const auto above = std::min(below + 1, rounds.size() - 1);
    return rounds[below] +
           (at - static_cast<double>(below)) * (rounds[above] - rounds[below]);
  };
  return {{"value", quantile(0.5)},
          {"low", quantile(0.25)},
          {"high", quantile(0.75)},
          {"rounds", rounds.size()}};
}

double median(const std::vector<double>& values) {
  return figure(values)["value"];
}

/// @param whose RUSAGE_SELF, or RUSAGE_CHILDREN for those that have ended.
double cpu_seconds(int whose) {
  rusage used{};
  if (getrusage(whose, &used) != 0)
    throw std::system_error(errno, std::generic_category(), "getrusage");
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// Sees what other programs use of the cores while something is measured.
class other_work {
 public:
  /// The share of all cores' time that other programs used since the beginning; null
  /// where the kernel does not tell.
  json share() const {
    const auto now = look();
    const double cores = static_cast<double>(std::thread::hardware_concurrency());
    const double time = (now.time - begin_.time) * cores;
    if (now.busy <= 0 || time <= 0) return nullptr;
    const double others = now.busy - begin_.busy - (now.own - begin_.own);
    return std::clamp(others / time, 0.0, 1.0);
  }

 private:
  struct seconds {
    double time, busy, own;
  };
  static seconds look() {
    const std::chrono::duration<double> time = clock::now().time_since_epoch();
    return {time.count(), proc::busy_seconds(),
            cpu_seconds(RUSAGE_SELF) + cpu_seconds(RUSAGE_CHILDREN)};
  }
  seconds begin_ = look();
};

}  // namespace

json describe_machine(const fs::path& root, const fs::path& python) {
  utsname kernel{};
  if (uname(&kernel) != 0)
    throw std::system_error(errno, std::generic_category(), "uname");
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
  const auto python_says = ask_python(python);
  const auto commit = ask_git(root);
  const auto limits = limits_of_groups();
  std::string processor = field("/proc/cpuinfo", "model name", ':');
  if (processor.empty()) processor = kernel.machine;  // 64-bit ARM has no name there
  const std::string features = field("/proc/cpuinfo", "flags", ':') + " ";
  return {
      {"processor", processor},
      {"cores", usable_cores(limits)},
      {"cores_online", sysconf(_SC_NPROCESSORS_ONLN)},
      {"cores_are_threads", share_a_core()},
      {"virtual_machine", features.find(" hypervisor ") != std::string::npos},
      {"cpu_quota", limits.cores ? json(*limits.cores) : json()},
      {"memory_bytes", usable_memory_bytes(limits)},
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
            {{"name", "Pillow"}, {"version", python_says.packages.at("pillow")}},
            {{"name", "NumPy"}, {"version", python_says.packages.at("numpy")}},
            {{"name", "soundfile"},
             {"version", python_says.packages.at("soundfile")}}})},
      {"python", python_says.python},
      {"commit", commit.id},
      {"commit_note", commit.note},
      {"commit_modified", commit.modified},
      {"date", utc_now().substr(0, 10)},
  };
}

json measure_recorder(const fs::path& self, const std::string& form) {
  constexpr int lines = 2000;
  constexpr int threads = 10;
  constexpr int starts = 500;
  const int rounds = form == "trial" ? 1 : form == "short" ? 5 : 15;
  const kept_company alone(company::nobody);
  const other_work others;
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
  double longest_delay = 0;
  for (int i = 0; i < rounds; ++i) {
    without.push_back(last_number(run_probe(lines, 0, 0, false)));
    const run what = run_probe(lines, 0, 0, true);
    with.push_back(last_number(what));
    std::vector<double> delays_of_lines;
    for (auto line = what.lines.begin(); line != what.lines.end() - 1; ++line) {
      const clock::time_point printed{clock::duration(std::stoll(line->text))};
      delays_of_lines.push_back(
          line->time - std::chrono::duration<double>(printed - what.began).count());
    }
    delays.push_back(median(delays_of_lines));
    longest_delay = std::max(longest_delay, *std::max_element(delays_of_lines.begin(),
                                                              delays_of_lines.end()));
    const double cpu = cpu_seconds(RUSAGE_SELF);
    const double wall = run_probe(0, threads, 0, true).wall_seconds;
    shares.push_back((cpu_seconds(RUSAGE_SELF) - cpu) / wall);
    starts_without.push_back(last_number(run_probe(0, 0, starts, false)));
    starts_with.push_back(last_number(run_probe(0, 0, starts, true)));
  }
  const auto fact = [](auto value) { return json{{"value", value}}; };
  return {{"schema", 2},
          {"measurement", "recorder"},
          {"form", form},
          {"recorded_at", utc_now()},
          {"busy_share", others.share()},
          {"figures",
           {{"lines", fact(lines * rounds)},
            {"threads", fact(threads)},
            {"line_cost_seconds", figure(with)},
            {"line_cost_bare_seconds", figure(without)},
            {"delay_median_seconds", figure(delays)},
            {"delay_max_seconds", fact(longest_delay)},
            {"sampling_share", figure(shares)},
            {"start_cost_seconds", figure(starts_with)},
            {"start_cost_bare_seconds", figure(starts_without)}}},
          {"tables", json::object()}};
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
