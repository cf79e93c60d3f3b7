// A run as JSON and back: no field may be lost on either way.
#include "recorder/run_json.hpp"

#include <stdexcept>

#include "tests/catch.hpp"

namespace {

/// A run in which no field has its default.
recorder::Run some_run() {
  recorder::Run run;
  run.terminal = false;
  run.exit_status = 3;
  run.signal = 11;
  run.timed_out = true;
  run.wall_seconds = 1.5;
  run.user_seconds = 0.25;
  run.system_seconds = 0.125;
  run.peak_memory_bytes = 4096;
  run.program = "program";
  run.writers_note = "why";
  run.lines = {{0.5, "stderr", "text", 1}, {0.75, "terminal", "more", {}}};
  run.threads = {{.pid = 7,
                  .tid = 7,
                  .parent = 6,
                  .name = "main",
                  .start = 0.25,
                  .end = 1.25,
                  .cpu_seconds = 0.375,
                  .runnable_seconds = 0.0625,
                  .spans = {{0.25, 0.5, 0.125, 0.03125}}},
                 {.pid = 7,
                  .tid = 8,
                  .parent = 0,
                  .name = "b",
                  .start = 0,
                  .end = 1,
                  .spans = {}}};
  run.left_behind = {"sleep"};
  return run;
}

}  // namespace

TEST_CASE("A run comes back from JSON as it was", "[run_json]") {
  const auto written = recorder::to_json(some_run());
  const auto read = recorder::run_from_json(written);
  // All that is written is read; and what is read by a wrong name is an exception.
  CHECK(recorder::to_json(read) == written);
  CHECK(written["cpu_seconds"] == 0.375);
  CHECK(written["writers_known"] == false);
  for (const auto& [name, value] : written.items()) {
    INFO(name);
    CHECK(value != recorder::to_json(recorder::Run{})[name]);
  }
}

TEST_CASE("What is no run is refused", "[run_json]") {
  const auto written = recorder::to_json(some_run());
  for (const auto& [name, value] : written.items()) {
    if (name == "cpu_seconds" || name == "writers_known") continue;  // from others
    INFO(name);
    auto changed = written;
    changed.erase(name);
    CHECK_THROWS_AS(recorder::run_from_json(changed), nlohmann::json::exception);
  }
  auto changed = written;
  changed["lines"][0]["thread"] = 2;
  CHECK_THROWS_AS(recorder::run_from_json(changed), std::runtime_error);
}
