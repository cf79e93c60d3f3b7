// The verdict on a run: its end, its lines, and who wrote them.
#include "recorder/judge_run.hpp"

#include <string>

#include "recorder/read_transcripts.hpp"
#include "recorder/record_run.hpp"
#include "tests/catch.hpp"

namespace {

recorder::Run shell(const std::string& script) {
  recorder::RunOptions options;
  options.command = {"/bin/sh", "-c", script};
  return recorder::record_run(options);
}

}  // namespace

TEST_CASE("A late run that is wrong in another way is only wrong", "[judge_run]") {
  const auto allowed =
      recorder::parse_transcripts("\n    $ p\n    a| ~1.00 s\n    a| end\n", "here.cpp")
          .at(0);
  recorder::Run run;
  run.exit_status = 0;
  run.waited_seconds = 60;
  run.threads.resize(2);
  run.threads[1].tid = 1;
  run.lines = {{0, "stdout", "5.00 s", 0}, {0, "stdout", "end", 0}};
  const auto judged = [&] { return recorder::judge_run(allowed, run); };
  CHECK(judged().late_by_seconds);
  run.lines[1].thread = 1;
  CHECK_FALSE(judged().late_by_seconds);
  CHECK(judged().reason.find("was written by another thread") != std::string::npos);
  run.lines[1].thread = 0;
  run.exit_status = 1;
  CHECK_FALSE(judged().late_by_seconds);
  CHECK(judged().reason.find("exit status 1 instead of 0") != std::string::npos);
}

TEST_CASE("One lane's lines must come from one thread", "[judge_run]") {
  const auto allowed =
      recorder::parse_transcripts("\n    $ p\n    a| one\n    a| two\n", "here.cpp")
          .at(0);
  CHECK(recorder::judge_run(allowed, shell("echo one; echo two")).accepted);
  const auto what = shell("echo one; (echo two; exit 0)");
  if (what.writers_note.empty()) {
    CHECK_FALSE(recorder::judge_run(allowed, what).accepted);
    CHECK(recorder::judge_run(allowed, what)
              .reason.find("was written by another thread") != std::string::npos);
  }
}

TEST_CASE("A wrong exit status is refused even if the lines are right", "[judge_run]") {
  const auto allowed =
      recorder::parse_transcripts("\n    $ p\n    one\n", "here.cpp").at(0);
  CHECK(recorder::judge_run(allowed, shell("echo one")).accepted);
  const auto says = recorder::judge_run(allowed, shell("echo one; exit 1"));
  CHECK_FALSE(says.accepted);
  CHECK(says.reason.find("exit status 1 instead of 0") != std::string::npos);
}
