#include "recorder/run_transcript.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "recorder/company.hpp"
#include "recorder/judge_run.hpp"
#include "recorder/record_run.hpp"

namespace recorder {
namespace {

/// The time that the one of its threads waited for a core that waited longest.
double max_wait(const Run& run) {
  double longest = 0;
  for (const auto& thread : run.threads)
    longest = std::max(longest, thread.runnable_seconds);
  return longest;
}

}  // namespace

JudgedRun run_once(const Task& task, bool terminal, double timeout_seconds) {
  RunOptions options;
  options.command = task.program.command(task.allowed);
  options.environment = task.program.environment;
  options.terminal = terminal;
  if (task.sampling == Sampling::seldom)
    options.period = std::chrono::milliseconds(250);
  options.timeout = std::chrono::duration<double>(timeout_seconds);
  JudgedRun result;
  result.run = record_run(options);
  result.verdict = judge_run(task.allowed, result.run);
  return result;
}

JudgedRun rerun_alone(const Task& task, bool terminal, bool timed_out,
                      double timeout_seconds, const LineTimes& accepted) {
  /// A run that met its time limit has this many times as much when it is made again.
  constexpr double more_time = 5;
  /// One alone may be late by chance, too.
  constexpr int max_reruns = 5;
  double timeout = timed_out ? more_time * timeout_seconds : timeout_seconds;
  for (int i = 1;; ++i) {
    JudgedRun again = run_once(task, terminal, timeout);
    again.was_late = true;
    if (outcome_of(again, accepted) != Outcome::late) return again;
    // To wait for that long once more would tell nobody anything new.
    if (i == max_reruns || (again.run.timed_out && timeout > timeout_seconds)) {
      again.verdict.reason += fmt::format(
          "\nThe machine was busy; run again {} time(s), alone, it was late, too", i);
      return again;
    }
    if (again.run.timed_out) timeout = more_time * timeout_seconds;
  }
}

JudgedRun run_first(const Task& task, const Repetition& how) {
  JudgedRun first = [&] {
    const KeptCompany kept(how.company());
    return run_once(task, true, how.timeout_seconds);
  }();
  if (outcome_of(first) != Outcome::late) return first;
  const KeptCompany kept(Company::nobody);
  return rerun_alone(task, true, first.run.timed_out, how.timeout_seconds, {});
}

JudgedRun run_to_show(const BookProgram& program, const Transcript& allowed,
                      const Repetition& how) {
  /// More waiting of one thread than this share of the time shows in a run's picture.
  constexpr double undisturbed = 0.05;
  const Task task{program, allowed, Sampling::closely};
  JudgedRun shown = run_first(task, how);
  if (!shown.verdict.accepted || shown.was_late || how.company() == Company::nobody ||
      max_wait(shown.run) <= undisturbed * shown.run.wall_seconds)
    return shown;
  const KeptCompany kept(Company::nobody);
  JudgedRun again = rerun_alone(task, true, false, how.timeout_seconds, {});
  again.was_late = false;
  // Other work than the recorder's may disturb it more than other runs did.
  return outcome_of(again) == Outcome::late ? shown : again;
}

}  // namespace recorder
