// Which lines of a run are accepted, and which must be refused.
#include "recorder/judge_lines.hpp"

#include <cmath>

#include "recorder/read_transcripts.hpp"
#include "tests/catch.hpp"

namespace {

using lines = std::vector<std::string>;

/// The only transcript of a docstring that is written here as in a program.
recorder::Transcript only(const std::string& docstring) {
  auto all = recorder::parse_transcripts(docstring, "here.cpp");
  REQUIRE(all.size() == 1);
  return all.front();
}

void accepts(const recorder::Transcript& allowed, const lines& run) {
  const auto says = recorder::judge_lines(allowed, run);
  INFO(says.reason);
  CHECK(says.accepted);
}

/// Refused, with a reason that has all these texts in it.
void refuses(const recorder::Transcript& allowed, const lines& run,
             const std::vector<std::string>& reason) {
  const auto says = recorder::judge_lines(allowed, run);
  CHECK_FALSE(says.accepted);
  INFO(says.reason);
  for (const auto& part : reason) CHECK(says.reason.find(part) != std::string::npos);
}

const char* const staggered = R"(
    $ p
    a| starts 2
    b| starts 1
       ends 1
       ends 2
       took ~2.00 s
)";

}  // namespace

TEST_CASE("A run in each allowed order is accepted", "[judge_lines]") {
  const auto allowed = only(staggered);
  accepts(allowed, {"starts 2", "starts 1", "ends 1", "ends 2", "took 2.00 s"});
  accepts(allowed, {"starts 1", "starts 2", "ends 1", "ends 2", "took 2.00 s"});
}

TEST_CASE("Two lines of one lane that changed places are refused", "[judge_lines]") {
  refuses(only(staggered), {"starts 2", "starts 1", "ends 2", "ends 1", "took 2.00 s"},
          {"line 3 of the run", "ends 2", "came before", "ends 1", "lane a",
           "[ ] ends 1", "[x] starts 2"});
}

TEST_CASE("A line before a line of all lanes that it must follow is refused",
          "[judge_lines]") {
  refuses(only(staggered), {"starts 2", "ends 1", "starts 1", "ends 2", "took 2.00 s"},
          {"line 2 of the run", "ends 1", "came before", "starts 1", "lane b"});
}

TEST_CASE("A lost line is refused, in the middle and at the end", "[judge_lines]") {
  const auto allowed = only(staggered);
  refuses(allowed, {"starts 2", "starts 1", "ends 2", "took 2.00 s"}, {"ends 1"});
  refuses(allowed, {"starts 2", "starts 1", "ends 1", "ends 2"},
          {"ended after 4 line(s) without", "took ~2.00 s"});
  refuses(allowed, {}, {"ended after 0 line(s) without", "starts 2"});
}

TEST_CASE("A doubled line is refused", "[judge_lines]") {
  refuses(only(staggered),
          {"starts 2", "starts 1", "starts 1", "ends 1", "ends 2", "took 2.00 s"},
          {"line 3 of the run", "starts 1", "one too many", "1 time(s)"});
}

TEST_CASE("A line that the transcript hasn't is refused", "[judge_lines]") {
  refuses(only(staggered), {"starts 2", "starts 1", "hello"},
          {"line 3 of the run", "hello", "is not in the transcript"});
  refuses(only(staggered),
          {"starts 2", "starts 1", "ends 1", "ends 2", "took 2.00 s", "took 2.00 s"},
          {"line 6 of the run", "one too many"});
  // Nothing is a prefix match.
  refuses(only(staggered), {"starts 2!"}, {"is not in the transcript"});
  refuses(only(staggered), {"starts"}, {"is not in the transcript"});
}

TEST_CASE("A measured number has its bounds and its decimals", "[judge_lines]") {
  const auto allowed = only("\n    $ p\n    ~2.00 s\n");
  accepts(allowed, {"2.00 s"});
  accepts(allowed, {"3.99 s"});
  refuses(allowed, {"1.99 s"}, {"1.99 is too small", "no less than 2.00"});
  refuses(allowed, {"4.00 s"}, {"4.00 is too large", "less than 4.00"});
  refuses(allowed, {"2.0 s"}, {"not in the transcript"});
  refuses(allowed, {"2.000 s"}, {"not in the transcript"});
  refuses(allowed, {"-2.00 s"}, {"not in the transcript"});
  const auto bounded = only("\n    $ p\n    ~0.30<1.50 s\n");
  accepts(bounded, {"1.49 s"});
  refuses(bounded, {"1.50 s"}, {"too large"});
}

TEST_CASE("A run that breaks nothing but upper bounds of times is late",
          "[judge_lines]") {
  using Catch::Matchers::ContainsSubstring;
  const auto late_by = [](const std::string& docstring, const lines& run) {
    const auto says = recorder::judge_lines(only(docstring), run);
    CHECK_FALSE(says.accepted);
    return says.late_by_seconds;
  };
  const auto are_equal = [](double one, double other) {
    return std::abs(one - other) < 1e-9;
  };
  const auto says = recorder::judge_lines(
      only(staggered), {"starts 1", "starts 2", "ends 1", "ends 2", "took 4.00 s"});
  CHECK_FALSE(says.accepted);
  REQUIRE(says.late_by_seconds);
  // It would have to be less than 4.
  CHECK(are_equal(*says.late_by_seconds, 0.01));
  CHECK_THAT(says.reason, ContainsSubstring("4.00 is too large"));
  CHECK(says.lines.size() == 5);

  // The most that one of its times is too late, in seconds whatever its unit.
  const auto* const several =
      "\n    $ p\n    ~1.0<2.0 s\n    ~1.00<2.00 second(s), ~1<9 ms\n";
  CHECK(are_equal(late_by(several, {"2.4 s", "1.50 second(s), 9 ms"}).value(), 0.5));
  CHECK(
      are_equal(late_by("\n    $ p\n    ~1.00<2.00 ms\n", {"2.49 ms"}).value(), 5e-4));
  CHECK(are_equal(late_by("\n    $ p\n    ~1<20 µs\n", {"20 µs"}).value(), 1e-6));
  CHECK(are_equal(late_by("\n    $ p\n    wall: ~1.000\n", {"wall: 2.000"}).value(),
                  1e-3));

  // All else is wrong: a time that is too small, an order, what is no time.
  CHECK_FALSE(late_by("\n    $ p\n    ~2.00 s ~1.00 s\n", {"1.99 s 9.00 s"}));
  CHECK_FALSE(late_by("\n    $ p\n    ~1.00 s\n    end\n", {"9.00 s"}));
  CHECK_FALSE(
      late_by(staggered, {"starts 1", "starts 2", "ends 2", "ends 1", "took 4.00 s"}));
  CHECK_FALSE(late_by("\n    $ p\n    ~1<9 of 10\n", {"9 of 10"}));
  CHECK_FALSE(late_by("\n    $ p\n    ~1<9\n", {"9"}));
  CHECK_FALSE(late_by("\n    $ p\n    ~1.0<9.0 kB\n", {"9.0 kB"}));
  CHECK_FALSE(late_by("\n    $ p\n    ~1.0<9.0 shots\n", {"9.0 shots"}));
}

TEST_CASE("An identifier is the same wherever it stands, and no other's",
          "[judge_lines]") {
  const auto allowed =
      only("\n    $ p\n    start #1\n    start #2\n    end #1\n    end #2\n");
  accepts(allowed, {"start 70", "start 71", "end 70", "end 71"});
  refuses(allowed, {"start 70", "start 71", "end 72", "end 71"},
          {"72 is foreign", "#1 is 70"});
  refuses(allowed, {"start 70", "start 70", "end 70", "end 70"}, {"70 is foreign"});
  refuses(allowed, {"start 70", "start x"}, {"not in the transcript"});
}

TEST_CASE("An identifier behind 0x is hexadecimal", "[judge_lines]") {
  const auto allowed = only("\n    $ p\n    at 0x#1 of #2\n    again 0x#1\n");
  accepts(allowed, {"at 0x7fa0 of 12", "again 0x7fa0"});
  accepts(allowed, {"at 0x70 of 12", "again 0x70"});
  refuses(allowed, {"at 0x7fa0 of 12", "again 0x7fa1"}, {"7fa1 is foreign"});
  refuses(allowed, {"at 0x7fag of 12"}, {"not in the transcript"});
  refuses(allowed, {"at 0x of 12"}, {"not in the transcript"});
  refuses(allowed, {"at 0x7fa0 of 1a"}, {"not in the transcript"});
}

TEST_CASE("Ten lines in ten lanes may come in any order", "[judge_lines]") {
  const auto allowed = only("\n    $ p\n    a-j| file {01..10}\n");
  CHECK(allowed.events.size() == 10);
  lines run;
  for (int i = 10; i >= 1; --i)
    run.push_back(i < 10 ? "file 0" + std::to_string(i) : "file 10");
  accepts(allowed, run);
  run[3] = "file 10";
  refuses(allowed, run, {"line 4", "file 10", "one too many"});
}

TEST_CASE("Many lanes that print the same line are checked in no time",
          "[judge_lines]") {
  // Without noticing that the lanes are alike, 26! orders would have to be tried.
  const auto allowed = only("\n    $ p\n    a-z| hello\n    a-z| bye\n");
  accepts(allowed, [] {
    lines run(26, "hello");
    run.insert(run.end(), 26, "bye");
    return run;
  }());
  lines run(27, "hello");
  refuses(allowed, run, {"line 27"});
}

TEST_CASE("Alike lanes still need their own order", "[judge_lines]") {
  const auto allowed = only("\n    $ p\n    a-b| hello\n    a-b| bye\n");
  accepts(allowed, {"hello", "bye", "hello", "bye"});
  accepts(allowed, {"hello", "hello", "bye", "bye"});
  refuses(allowed, {"hello", "bye", "bye", "hello"}, {"line 3", "bye", "came before"});
}

TEST_CASE("Lines that look alike in different places are told apart later",
          "[judge_lines]") {
  // The first `x` can be lane a's or b's; only what follows it tells.
  const auto allowed = only("\n    $ p\n    a| x\n    a| y\n    b| x\n    b| z\n");
  accepts(allowed, {"x", "z", "x", "y"});
  accepts(allowed, {"x", "y", "x", "z"});
  refuses(allowed, {"x", "y", "z", "x"}, {"line 3", "z", "came before"});
}

TEST_CASE("A line in two lanes is a point where they meet", "[judge_lines]") {
  const auto allowed = only(
      "\n    $ p\n      a| one\n      b| two\n    a+b| meet\n      c| alone\n      a| "
      "three\n");
  accepts(allowed, {"alone", "two", "one", "meet", "three"});
  refuses(allowed, {"one", "meet", "two", "alone", "three"}, {"line 2", "meet", "two"});
  refuses(allowed, {"one", "two", "three", "meet", "alone"},
          {"line 3", "three", "meet"});
}

TEST_CASE("A line with a star comes anywhere between the lines of all lanes",
          "[judge_lines]") {
  const auto allowed = only(
      "\n    $ p\n       begin\n    a| one\n    a| two\n    *| tick\n       end\n");
  accepts(allowed, {"begin", "tick", "one", "two", "end"});
  accepts(allowed, {"begin", "one", "two", "tick", "end"});
  refuses(allowed, {"tick", "begin", "one", "two", "end"}, {"line 1", "tick", "begin"});
}

TEST_CASE("A rule parts what stands above it from what stands below", "[judge_lines]") {
  const auto allowed =
      only("\n    $ p\n    a| one\n    b| two\n    --\n    c| three\n");
  accepts(allowed, {"two", "one", "three"});
  refuses(allowed, {"one", "three", "two"}, {"line 2", "three", "two"});
}

TEST_CASE("The printed word chooses the lane", "[judge_lines]") {
  const auto allowed = only(
      "\n"
      "    $ p\n"
      "    {1..2}| Consumer-{1..2}: 1\n"
      "    {1..2}| Consumer-{1..2}: 2\n"
      "    {1..2}| Consumer-{1..2}: 3\n"
      "       1-2| Consumer-{1..2}: exiting\n"
      "            done\n");
  accepts(allowed, {"Consumer-1: 1", "Consumer-2: 2", "Consumer-1: 3",
                    "Consumer-2: exiting", "Consumer-1: exiting", "done"});
  // Each consumer's own lines keep their order; the two of them need not.
  accepts(allowed, {"Consumer-2: 2", "Consumer-1: 1", "Consumer-1: 3",
                    "Consumer-1: exiting", "Consumer-2: exiting", "done"});
  refuses(allowed,
          {"Consumer-1: 2", "Consumer-1: 1", "Consumer-1: 3", "Consumer-1: exiting",
           "Consumer-2: exiting", "done"},
          {"line 2", "Consumer-1: 1"});
  refuses(allowed,
          {"Consumer-1: 1", "Consumer-1: exiting", "Consumer-1: 2", "Consumer-2: 3",
           "Consumer-2: exiting", "done"},
          {"line 3", "Consumer-1: 2"});
  refuses(allowed, {"Consumer-3: 1"}, {"not in the transcript"});
}

TEST_CASE("The run's lines are placed in the transcript", "[judge_lines]") {
  const auto allowed = only(staggered);
  const auto says = recorder::judge_lines(
      allowed, {"starts 1", "starts 2", "ends 1", "ends 2", "took 2.34 s"});
  REQUIRE(says.lines.size() == 5);
  CHECK(says.lines[0].lanes == lines{"b"});
  CHECK(says.lines[1].lanes == lines{"a"});
  CHECK(says.lines[2].in_all_lanes);
  REQUIRE(says.lines[4].measured.size() == 1);
  CHECK(says.lines[4].measured[0].begin == 5);
  CHECK(says.lines[4].measured[0].end == 9);
  CHECK(says.lines[4].measured[0].value == 2.34);
  CHECK(says.order == "starts 1\nstarts 2\nends 1\nends 2\ntook ~ s\n");
}
