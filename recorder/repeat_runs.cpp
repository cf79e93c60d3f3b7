#include "recorder/repeat_runs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <set>
#include <utility>

#include "recorder/company.hpp"
#include "recorder/run_report.hpp"
#include "recorder/run_transcript.hpp"
#include "recorder/run_worker.hpp"

namespace recorder {
namespace {

/// A run that was not accepted.
struct FailedRun {
  bool terminal;
  RunReport report;
};

/// The runs of one transcript while they are made.
class Repeating {
 public:
  Repeating(const BookProgram& program, const Transcript& allowed,
            const Repetition& how)
      : task_{program, allowed, Sampling::seldom}, how_(how) {}

  RepeatedRuns run(const JudgedRun& first) {
    count_first(first);
    for (int i = 1; i < 2 * how_.runs; ++i) {
      if (workers_.size() >= static_cast<std::size_t>(std::max(1, how_.side_by_side)))
        finish_one();
      workers_.emplace_back(task_, i % 2 == 0, how_);
    }
    while (!workers_.empty()) finish_one();
    sort_out_broken_orders();
    rerun_late();
    result_.orders_seen = orders_.size();
    return std::move(result_);
  }

 private:
  void count_first(const JudgedRun& first) {
    result_.terminal = 1;
    if (first.verdict.accepted) {
      result_.late = first.was_late ? 1 : 0;
      orders_.insert(first.verdict.order);
      add_times(accepted_, line_times(first.run));
    } else {
      refuse(true, report_of(first));
    }
  }

  /// Takes the result of the run that was started first: each has about the same time
  /// to run.
  void finish_one() {
    RunWorker done = std::move(workers_.front());
    workers_.pop_front();
    const bool terminal = done.terminal();
    auto report = done.finish();
    (terminal ? result_.terminal : result_.pipe) += 1;
    if (!report) {
      result_.refusals.push_back(
          fmt::format("a run {}: the recorder ended early",
                      terminal ? "on a terminal" : "through a pipe"));
    } else if (report->outcome == Outcome::accepted) {
      orders_.insert(report->order);
      add_times(accepted_, report->times);
    } else if (report->broken) {
      broken_orders_.push_back({terminal, std::move(*report)});
    } else if (report->outcome == Outcome::late) {
      late_.push_back({terminal, std::move(*report)});
    } else {
      refuse(terminal, *report);
    }
  }

  /// Tells late runs from wrong ones, now that it is known when the lines of accepted
  /// runs came.
  void sort_out_broken_orders() {
    for (auto& [terminal, report] : broken_orders_)
      if (explains_order(report.broken->waited_seconds, report.broken->at,
                         report.broken->time, accepted_))
        late_.push_back({terminal, std::move(report)});
      else
        refuse(terminal, report);
  }

  /// Makes the late runs again, alone, until one is refused: that one is enough.
  void rerun_late() {
    if (!late_.empty() && result_.refusals.empty()) {
      const KeptCompany kept(Company::nobody);
      for (; !late_.empty() && result_.refusals.empty(); late_.pop_front()) {
        const auto& [terminal, report] = late_.front();
        const JudgedRun again = rerun_alone(task_, terminal, report.timed_out,
                                            how_.timeout_seconds, accepted_);
        if (again.verdict.accepted) {
          ++result_.late;
          orders_.insert(again.verdict.order);
        } else {
          refuse(terminal, report_of(again));
        }
      }
    }
    for (const auto& [terminal, report] : late_) refuse(terminal, report);
  }

  void refuse(bool terminal, const RunReport& report) {
    result_.refusals.push_back(describe(terminal, report));
  }

  Task task_;
  const Repetition& how_;
  std::deque<RunWorker> workers_;
  std::deque<FailedRun> late_;
  std::vector<FailedRun> broken_orders_;
  LineTimes accepted_;
  std::set<std::string> orders_;
  RepeatedRuns result_;
};

}  // namespace

RepeatedRuns repeat_runs(const BookProgram& program, const Transcript& allowed,
                         const Repetition& how, const JudgedRun& first) {
  return Repeating(program, allowed, how).run(first);
}

}  // namespace recorder
