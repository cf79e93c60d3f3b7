// What a run shows: whether it is wrong, or the machine was busy.
#include "recorder/judged_run.hpp"

#include "tests/catch.hpp"

namespace {

using recorder::Outcome;

/// A run whose only time is too large.
recorder::JudgedRun late(double by_seconds, double waited_seconds) {
  recorder::JudgedRun judged;
  judged.run.exit_status = 0;
  judged.run.waited_seconds = waited_seconds;
  judged.verdict.late_by_seconds = by_seconds;
  return judged;
}

/// A run that was killed at its time limit, a minute, with one thread.
///
/// @param waited how long it waited for a core in each half.
recorder::JudgedRun killed(double waited_first, double waited_then) {
  recorder::JudgedRun judged;
  judged.run.timed_out = true;
  judged.run.wall_seconds = 60;
  recorder::Thread only{};
  only.runnable_seconds = waited_first + waited_then;
  only.spans = {{0, 30, 0, waited_first}, {30, 60, 0, waited_then}};
  judged.run.threads = {only};
  return judged;
}

}  // namespace

TEST_CASE("A late run is excused where waiting for a core explains all of it",
          "[judged_run]") {
  CHECK(recorder::outcome_of(late(0.5, 0.6)) == Outcome::late);
  CHECK(recorder::outcome_of(late(0.5, 0.4)) == Outcome::refused);
  CHECK(recorder::outcome_of(late(0.5, 0)) == Outcome::refused);
  auto wrong = late(0.5, 0.6);
  wrong.verdict.late_by_seconds.reset();  // something else is wrong
  CHECK(recorder::outcome_of(wrong) == Outcome::refused);
}

TEST_CASE("A run that met its time limit is excused where its threads waited for cores",
          "[judged_run]") {
  CHECK(recorder::outcome_of(killed(15, 15)) == Outcome::late);
  CHECK(recorder::outcome_of(killed(0, 15)) == Outcome::late);
  CHECK(recorder::outcome_of(killed(0.2, 0.2)) == Outcome::refused);
  // It waited when it began, and hangs.
  CHECK(recorder::outcome_of(killed(15, 0)) == Outcome::refused);
  // The recorder's own waiting says nothing about a program that hangs.
  auto hangs = killed(0.2, 0.2);
  hangs.run.waited_seconds = 30;
  CHECK(recorder::outcome_of(hangs) == Outcome::refused);
}

TEST_CASE("A broken order is excused where waiting explains when its line came",
          "[judged_run]") {
  // In accepted runs, lines came at once and 1.4 s later; it ended soon after.
  const recorder::LineTimes right{0, 0.01, 1.4, 1.41};
  const auto broken = [](std::size_t at, double time, double waited) {
    recorder::JudgedRun judged;
    judged.run.waited_seconds = waited;
    judged.run.wall_seconds = 5 + time;
    judged.run.lines.push_back({5, "stdout", "", {}});  // times count from the first
    while (judged.run.lines.size() <= at)
      judged.run.lines.push_back({5 + time, "stdout", "", {}});
    judged.verdict.broken_at = at;
    return judged;
  };
  CHECK(outcome_of(broken(1, 1.4, 1.5), right) == Outcome::late);
  CHECK(outcome_of(broken(1, 1.4, 1.3), right) == Outcome::refused);
  CHECK(outcome_of(broken(1, 0.02, 100), right) == Outcome::refused);
  CHECK(outcome_of(broken(7, 3, 2), right) == Outcome::late);  // one too many
  // Without a run that was accepted there is nothing to compare with.
  CHECK(outcome_of(broken(1, 1.4, 0.06)) == Outcome::late);
  CHECK(outcome_of(broken(1, 1.4, 0.04)) == Outcome::refused);
}
