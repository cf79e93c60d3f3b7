#include "recorder/recording_cost.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <utility>
#include <vector>

#include "recorder/busy_share.hpp"
#include "recorder/company.hpp"
#include "recorder/judge_run.hpp"
#include "recorder/record_run.hpp"
#include "recorder/utc_now.hpp"

namespace recorder {

using nlohmann::json;

namespace {

/// What the probe does in the runs that are measured.
constexpr int lines = 2000;
constexpr int threads = 10;
constexpr int starts = 500;

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

/// The measurement: rounds of runs of the probe.
class Rounds {
 public:
  explicit Rounds(std::string self) : self_(std::move(self)) {}

  /// Makes one round.
  void run() {
    line_cost_bare_.push_back(last_number(run_probe(lines, 0, 0, false)));
    const Run run = run_probe(lines, 0, 0, true);
    line_cost_.push_back(last_number(run));
    const auto delays = delays_of_lines(run);
    delay_medians_.push_back(median(delays));
    delay_max_ = std::max(delay_max_, *std::max_element(delays.begin(), delays.end()));
    const double cpu = cpu_seconds(RUSAGE_SELF);
    const double wall = run_probe(0, threads, 0, true).wall_seconds;
    sampling_shares_.push_back((cpu_seconds(RUSAGE_SELF) - cpu) / wall);
    start_cost_bare_.push_back(last_number(run_probe(0, 0, starts, false)));
    start_cost_.push_back(last_number(run_probe(0, 0, starts, true)));
  }

  json figures() const {
    const auto fact = [](auto value) { return json{{"value", value}}; };
    return {{"lines", fact(static_cast<std::size_t>(lines) * line_cost_.size())},
            {"threads", fact(threads)},
            {"line_cost_seconds", figure(line_cost_)},
            {"line_cost_bare_seconds", figure(line_cost_bare_)},
            {"delay_median_seconds", figure(delay_medians_)},
            {"delay_max_seconds", fact(delay_max_)},
            {"sampling_share", figure(sampling_shares_)},
            {"start_cost_seconds", figure(start_cost_)},
            {"start_cost_bare_seconds", figure(start_cost_bare_)}};
  }

 private:
  Run run_probe(int with_lines, int with_threads, int with_starts,
                bool is_recorded) const {
    RunOptions options;
    options.command = {self_, "probe", std::to_string(with_lines),
                       std::to_string(with_threads), std::to_string(with_starts)};
    options.terminal = false;
    options.report_calls = options.sample_threads = is_recorded;
    Run run = record_run(options);
    if (auto wrong = judge_end(run, 0); !wrong.empty())
      throw std::runtime_error("the probe failed: " + wrong);
    return run;
  }

  static double last_number(const Run& run) { return std::stod(run.lines.back().text); }

  /// How long after it was printed the recorder saw each line, in seconds.
  static std::vector<double> delays_of_lines(const Run& run) {
    using Clock = std::chrono::steady_clock;
    std::vector<double> delays;
    for (auto line = run.lines.begin(); line != run.lines.end() - 1; ++line) {
      const Clock::time_point printed{Clock::duration(std::stoll(line->text))};
      delays.push_back(line->time -
                       std::chrono::duration<double>(printed - run.began).count());
    }
    return delays;
  }

  std::string self_;
  std::vector<double> line_cost_, line_cost_bare_, start_cost_, start_cost_bare_;
  std::vector<double> delay_medians_, sampling_shares_;
  double delay_max_ = 0;
};

}  // namespace

json measure_recording_cost(const std::filesystem::path& self,
                            const std::string& form) {
  const int count = form == "trial" ? 1 : form == "short" ? 5 : 15;
  const KeptCompany alone(Company::nobody);
  const BusyShare busy;
  Rounds rounds(self.string());
  for (int i = 0; i < count; ++i) rounds.run();
  const auto others = busy.of_others();
  return {{"schema", 2},
          {"measurement", "recorder"},
          {"form", form},
          {"recorded_at", utc_now()},
          {"busy_share", others ? json(*others) : json()},
          {"figures", rounds.figures()},
          {"tables", json::object()}};
}

}  // namespace recorder
