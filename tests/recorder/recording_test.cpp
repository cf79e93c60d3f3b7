// What a run shows: whether it is wrong, or the machine was busy.
#include "recorder/recording.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "recorder/descriptor.hpp"
#include "recorder/resources.hpp"
#include "tests/catch.hpp"
#include "tests/temporary_directory.hpp"

namespace {

using recorder::outcome;

/// A run whose only time is too large.
recorder::trial late(double by_seconds, double waited_seconds) {
  recorder::trial tried;
  tried.what.exit_status = 0;
  tried.what.waited_seconds = waited_seconds;
  tried.says.late_by_seconds = by_seconds;
  return tried;
}

/// A run that was killed at its time limit, a minute, with one thread.
///
/// @param waited how long it waited for a core in each half.
recorder::trial killed(double waited_first, double waited_then) {
  recorder::trial tried;
  tried.what.timed_out = true;
  tried.what.wall_seconds = 60;
  recorder::thread only{};
  only.runnable_seconds = waited_first + waited_then;
  only.spans = {{0, 30, 0, waited_first}, {30, 60, 0, waited_then}};
  tried.what.threads = {only};
  return tried;
}

}  // namespace

TEST_CASE("A late run is excused where waiting for a core explains all of it",
          "[recording]") {
  CHECK(recorder::outcome_of(late(0.5, 0.6)) == outcome::late);
  CHECK(recorder::outcome_of(late(0.5, 0.4)) == outcome::refused);
  CHECK(recorder::outcome_of(late(0.5, 0)) == outcome::refused);
  auto wrong = late(0.5, 0.6);
  wrong.says.late_by_seconds.reset();  // something else is wrong
  CHECK(recorder::outcome_of(wrong) == outcome::refused);
}

TEST_CASE("A run that met its time limit is excused where its threads waited for cores",
          "[recording]") {
  CHECK(recorder::outcome_of(killed(15, 15)) == outcome::late);
  CHECK(recorder::outcome_of(killed(0, 15)) == outcome::late);
  CHECK(recorder::outcome_of(killed(0.2, 0.2)) == outcome::refused);
  // It waited when it began, and hangs.
  CHECK(recorder::outcome_of(killed(15, 0)) == outcome::refused);
  // The recorder's own waiting says nothing about a program that hangs.
  auto hangs = killed(0.2, 0.2);
  hangs.what.waited_seconds = 30;
  CHECK(recorder::outcome_of(hangs) == outcome::refused);
}

TEST_CASE("A late run that is wrong in another way is only wrong", "[recording]") {
  const auto allowed =
      recorder::parse_transcripts("\n    $ p\n    a| ~1.00 s\n    a| end\n", "here.cpp")
          .at(0);
  recorder::run what;
  what.exit_status = 0;
  what.waited_seconds = 60;
  what.threads.resize(2);
  what.threads[1].tid = 1;
  what.lines = {{0, "stdout", "5.00 s", 0}, {0, "stdout", "end", 0}};
  const auto judged = [&] { return recorder::judge(allowed, what); };
  CHECK(judged().late_by_seconds);
  what.lines[1].thread = 1;
  CHECK_FALSE(judged().late_by_seconds);
  CHECK(judged().reason.find("was written by another thread") != std::string::npos);
  what.lines[1].thread = 0;
  what.exit_status = 1;
  CHECK_FALSE(judged().late_by_seconds);
  CHECK(judged().reason.find("exit status 1 instead of 0") != std::string::npos);
}

TEST_CASE("A file is replaced, and nothing is left beside it", "[recording]") {
  const temporary_directory here;
  const auto path = here.path / "in/a file";
  recorder::write_file(path, "the first text, a long one");
  recorder::write_file(path, "the second");
  std::string text;
  std::getline(std::ifstream(path), text);
  CHECK(text == "the second");
  CHECK(std::distance(std::filesystem::directory_iterator(path.parent_path()), {}) ==
        1);
}

TEST_CASE("A pipe or a device is written to, and stays what it is", "[recording]") {
  const temporary_directory here;
  const auto path = here.path / "pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const recorder::descriptor reader(::open(path.c_str(), O_RDWR | O_NONBLOCK));
  REQUIRE(reader.get() >= 0);
  recorder::write_file(path, "text");
  char bytes[8];
  CHECK(::read(reader.get(), bytes, sizeof bytes) == 4);
  CHECK(std::filesystem::is_fifo(path));
}

TEST_CASE("As many runs are made side by side as their computing leaves room for",
          "[recording]") {
  using recorder::side_by_side;
  recorder::run shown;
  shown.wall_seconds = 1;
  shown.user_seconds = 1e-4;
  CHECK(side_by_side(shown, 20) == 20);
  shown.system_seconds = 5;  // as of several processes, on several cores
  CHECK(side_by_side(shown, 20) == 2);
  CHECK(side_by_side(shown, 1) == 1);
  const auto limits = recorder::limits_of_groups();
  const double cores = std::min(static_cast<double>(recorder::usable_cores(limits)),
                                limits.cores.value_or(HUGE_VAL));
  shown.system_seconds = 0;
  shown.user_seconds = cores * 0.75 / 5.5;
  CHECK(side_by_side(shown, 20) == 5);
}

TEST_CASE("A broken order is excused where waiting explains when its line came",
          "[recording]") {
  // In accepted runs, lines came at once and 1.4 s later; it ended soon after.
  const recorder::line_times right{0, 0.01, 1.4, 1.41};
  const auto broken = [](std::size_t at, double time, double waited) {
    recorder::trial tried;
    tried.what.waited_seconds = waited;
    tried.what.wall_seconds = 5 + time;
    tried.what.lines.push_back({5, "stdout", "", {}});  // times count from the first
    while (tried.what.lines.size() <= at)
      tried.what.lines.push_back({5 + time, "stdout", "", {}});
    tried.says.broken_at = at;
    return tried;
  };
  CHECK(outcome_of(broken(1, 1.4, 1.5), right) == outcome::late);
  CHECK(outcome_of(broken(1, 1.4, 1.3), right) == outcome::refused);
  CHECK(outcome_of(broken(1, 0.02, 100), right) == outcome::refused);
  CHECK(outcome_of(broken(7, 3, 2), right) == outcome::late);  // one too many
  // Without a run that was accepted there is nothing to compare with.
  CHECK(outcome_of(broken(1, 1.4, 0.06)) == outcome::late);
  CHECK(outcome_of(broken(1, 1.4, 0.04)) == outcome::refused);
}
