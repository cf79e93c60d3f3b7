// What a recorder process tells of its run, through a pipe and back.
#include "recorder/run_report.hpp"

#include "tests/catch.hpp"

using recorder::Outcome;

namespace {

recorder::RunReport sent(const recorder::RunReport& report) {
  return recorder::parse_report(recorder::serialize(report)).value();
}

}  // namespace

TEST_CASE("A report comes out of a pipe as it was", "[run_report]") {
  const auto accepted = sent({.outcome = Outcome::accepted,
                              .order = "one\n~ s\n",
                              .reason = "",
                              .timed_out = false,
                              .lines = {},
                              .times = {0, 0.1, 1.0 / 3},
                              .broken = {}});
  CHECK(accepted.outcome == Outcome::accepted);
  CHECK(accepted.order == "one\n~ s\n");
  CHECK(accepted.times == recorder::LineTimes{0, 0.1, 1.0 / 3});
  CHECK_FALSE(accepted.broken);

  const auto refused = sent({.outcome = Outcome::refused,
                             .order = "one\n",
                             .reason = "why",
                             .timed_out = true,
                             .lines = {"one", "tw\xff"},
                             .times = {},
                             .broken = recorder::BrokenOrder{1, 0.25, 0.5}});
  CHECK(refused.outcome == Outcome::refused);
  CHECK(refused.reason == "why");
  CHECK(refused.timed_out);
  CHECK(refused.lines.at(0) == "one");
  CHECK(refused.lines.size() == 2);  // also one with bytes that are no text
  REQUIRE(refused.broken);
  CHECK(refused.broken->at == 1);
  CHECK(refused.broken->time == 0.25);
  CHECK(refused.broken->waited_seconds == 0.5);
}

TEST_CASE("What a process that ended early leaves is no report", "[run_report]") {
  CHECK_FALSE(recorder::parse_report(""));
  const auto whole = recorder::serialize({});
  CHECK_FALSE(recorder::parse_report(whole.substr(0, whole.size() / 2)));
}
