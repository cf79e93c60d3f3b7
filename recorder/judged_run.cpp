#include "recorder/judged_run.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recorder {
namespace {

/// How long the program's own threads waited for a core, added up.
double waited_by_threads(const Run& run) {
  double all = 0;
  for (const auto& thread : run.threads) all += thread.runnable_seconds;
  return all;
}

/// Whether the program's threads waited for cores for a good part of the latter half of
/// its time. When it began, those of a program that hangs may have waited, too.
bool waited_to_the_end(const Run& run) {
  constexpr double good_part = 0.1;
  const double half = run.wall_seconds / 2;
  double waited = 0;
  for (const auto& thread : run.threads)
    for (const auto& span : thread.spans)
      if (span.end > half) waited += span.runnable_seconds;
  return waited >= good_part * half;
}

}  // namespace

bool explains_order(double waited_seconds, std::size_t broken_at, double time,
                    const LineTimes& accepted) {
  /// An order of lines that come closer to each other does not rest on sleep.
  constexpr double noticeable = 0.05;
  const double late_by =
      accepted.empty() ? noticeable
                       : time - accepted[std::min(broken_at, accepted.size() - 1)];
  return late_by >= noticeable && waited_seconds >= late_by;
}

Outcome outcome_of(const JudgedRun& judged, const LineTimes& accepted) {
  const auto& [run, verdict, was_late] = judged;
  if (verdict.accepted) return Outcome::accepted;
  bool waited = false;
  if (run.timed_out)
    waited = waited_to_the_end(run);
  else if (verdict.late_by_seconds)
    waited = run.waited_seconds >= *verdict.late_by_seconds;
  else if (verdict.broken_at)
    waited = explains_order(run.waited_seconds, *verdict.broken_at,
                            since_first(run, *verdict.broken_at), accepted);
  return waited ? Outcome::late : Outcome::refused;
}

std::string explain(const JudgedRun& judged) {
  std::string text = judged.verdict.reason;
  if (judged.verdict.late_by_seconds)
    text += fmt::format(
        "\nThreads waited {:.2f} s for a core meanwhile; it is {:.2f} s too late",
        judged.run.waited_seconds, *judged.verdict.late_by_seconds);
  else if (judged.verdict.broken_at && !judged.run.timed_out)
    text += fmt::format("\nThreads waited {:.2f} s for a core meanwhile",
                        judged.run.waited_seconds);
  if (judged.run.timed_out)
    text += fmt::format(
        "\nIt ran for {:.0f} s; its threads waited {:.2f} s for a core meanwhile",
        judged.run.wall_seconds, waited_by_threads(judged.run));
  return text;
}

}  // namespace recorder
