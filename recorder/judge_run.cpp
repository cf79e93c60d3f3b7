#include "recorder/judge_run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstddef>
#include <cstring>
#include <map>
#include <utility>
#include <vector>

namespace recorder {
namespace {

/// Makes a verdict one of a run that is wrong beyond its lines.
void refuse(Verdict& verdict, std::string reason) {
  verdict.accepted = false;
  verdict.late_by_seconds.reset();
  verdict.broken_at.reset();
  verdict.reason = std::move(reason);
}

/// Judges who wrote the lines that stand in one lane alone.
///
/// @return what is wrong; empty where nothing is.
std::string judge_writers(const Run& run, const std::vector<PlacedLine>& placed) {
  std::map<std::string, std::size_t> first_line;
  for (std::size_t i = 0; i < placed.size(); ++i) {
    if (placed[i].lanes.size() != 1 || !run.lines[i].thread) continue;
    const auto& lane = placed[i].lanes.front();
    const std::size_t first = first_line.emplace(lane, i).first->second;
    const auto writer = [&](std::size_t line) {
      return run.threads[*run.lines[line].thread].tid;
    };
    if (writer(first) != writer(i))
      return fmt::format(
          "line {} of the run\n    {}\nwas written by another thread ({}) than\n    "
          "{}\n({}); "
          "both stand in lane {}, and a lane is one thread's",
          i + 1, run.lines[i].text, writer(i), run.lines[first].text, writer(first),
          lane);
  }
  return {};
}

}  // namespace

std::string judge_end(const Run& run, int exit_status) {
  if (run.timed_out) return "it did not end within its time limit and was killed";
  if (run.signal != 0)
    return fmt::format("it was ended by signal {} ({})", run.signal,
                       strsignal(run.signal));
  if (run.exit_status != exit_status)
    return fmt::format("it ended with exit status {} instead of {}", *run.exit_status,
                       exit_status);
  if (!run.left_behind.empty())
    return fmt::format("it left {} process(es) running: {}", run.left_behind.size(),
                       fmt::join(run.left_behind, ", "));
  return {};
}

Verdict judge_run(const Transcript& allowed, const Run& run) {
  std::vector<std::string> texts;
  for (const auto& line : run.lines) texts.push_back(line.text);
  Verdict verdict = judge_lines(allowed, texts);
  if (auto wrong = judge_end(run, allowed.exit_status); !wrong.empty()) {
    refuse(verdict, verdict.reason.empty()
                        ? std::move(wrong)
                        : fmt::format("{}\n{}", wrong, verdict.reason));
    return verdict;
  }
  if (verdict.accepted || verdict.late_by_seconds)
    if (auto wrong = judge_writers(run, verdict.lines); !wrong.empty())
      refuse(verdict, std::move(wrong));
  return verdict;
}

}  // namespace recorder
