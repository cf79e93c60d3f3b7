#include "measurements/comparison.hpp"

#include <chrono>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include "tests/catch.hpp"

using namespace measurements;

namespace {

/// As many rounds, and no more.
constexpr Effort rounds(int count) {
  return {.short_seconds = 0,
          .long_seconds = 0,
          .short_rounds = count,
          .long_rounds = count};
}

/// Gives one number after the other.
std::function<double()> giving(std::vector<double> numbers) {
  return [numbers, next = std::size_t{0}]() mutable {
    return numbers.at(next++ % numbers.size());
  };
}

/// Takes so long, whatever the machine does.
void spend(double seconds) {
  const auto start = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - start <
         std::chrono::duration<double>(seconds))
    continue;
}

}  // namespace

TEST_CASE("peers run in turn, round after round") {
  std::string order;
  Comparison comparison(Form::short_form, rounds(3));
  comparison.add("a", [&] { return order += 'a', 1.0; });
  comparison.add("b", [&] { return order += 'b', 1.0; });
  comparison.run();
  CHECK(order == "ababab");
  CHECK(comparison.peers() == std::vector<std::string>{"a", "b"});
}

TEST_CASE("a trial runs each peer once") {
  Comparison comparison(Form::trial, {});
  comparison.add("a", giving({1, 2, 3}));
  comparison.run();
  CHECK(comparison.figure("a").rounds() == 1);
}

TEST_CASE("rounds end when the medians are certain") {
  // A time that no test takes: if it were waited for, this one would not end.
  Comparison comparison(
      Form::long_form,
      {.long_seconds = 1e9, .long_rounds = 2, .max_round_seconds = 0.001});
  comparison.add("a", giving({7}));
  comparison.add("b", giving({3}));
  comparison.run();
  CHECK(comparison.figure("a").rounds() == 5);
  CHECK(comparison.figure("a").value() == 7);
}

TEST_CASE(
    "rounds go on while the medians are not certain, and more make them certain") {
  Comparison comparison(
      Form::short_form,
      {.short_seconds = 1e9, .short_rounds = 2, .max_round_seconds = 0});
  comparison.add("a", giving({1, 1.4}));
  comparison.add("b", giving({3}));
  comparison.run();
  CHECK(comparison.figure("a").rounds() > 100);
  CHECK(comparison.figure("b").rounds() == comparison.figure("a").rounds());
}

TEST_CASE("rounds that stay uncertain end with their time") {
  Comparison comparison(Form::short_form, {.short_seconds = 0.05, .short_rounds = 3});
  comparison.add("a", giving({1, 1.4}));
  comparison.run();
  CHECK(comparison.figure("a").rounds() >= 3);
}

TEST_CASE(
    "a peer that takes more than its share of the time leaves the others theirs") {
  Comparison comparison(
      Form::short_form,
      {.short_seconds = 0.2, .short_rounds = 1, .max_round_seconds = 0});
  comparison.add("slow", [] {
    spend(0.25);  // more than all of the time
    return 1.0;
  });
  comparison.add("fast", [n = 0]() mutable {
    spend(0.01);
    return ++n % 2 == 0 ? 1.4 : 1.0;
  });
  comparison.run();
  CHECK(comparison.figure("slow").rounds() == 1);
  CHECK(comparison.figure("fast").rounds() > 1);
}

TEST_CASE("a round of a peer that is fast is the mean of several runs") {
  // As where the threads of every other run land on the same core.
  const auto every_other = [](int& runs) {
    return [&runs] {
      spend(0.001);
      const bool slow = ++runs % 2 == 0;
      return Sample{{"wall", slow ? 10.0 : 1.0}, {"cpu", slow ? 20.0 : 2.0}};
    };
  };
  int runs = 0, single_runs = 0;
  // Six rounds of 50 ms.
  Comparison comparison(Form::short_form, {.short_seconds = 0.3});
  comparison.add("a", every_other(runs));
  comparison.run();
  const Figure wall = comparison.figure("a", "wall");
  REQUIRE(wall.is_measured());
  CHECK(wall.rounds() <= 6);
  CHECK(runs > 2 * wall.rounds());
  CHECK(wall.value() > 4);
  CHECK(wall.value() < 7);
  CHECK(std::abs(comparison.figure("a", "cpu").value() - 2 * wall.value()) < 1e-9);

  Comparison singly(Form::short_form, {.short_seconds = 0.1, .max_round_seconds = 0});
  singly.add("a", every_other(single_runs));
  singly.run();
  CHECK_FALSE(singly.figure("a", "wall").is_measured());
}

TEST_CASE("a round of a peer that is slow is one run, and so is that of a trial") {
  const auto runs_in = [](Form form) {
    int runs = 0;
    // A fifth of its time is 10 ms, less than a run takes.
    Comparison comparison(form, {.short_seconds = 0.05});
    comparison.add("a", [&runs, form] {
      ++runs;
      spend(form == Form::trial ? 0 : 0.02);
      return 1.0;
    });
    comparison.run();
    CHECK(comparison.figure("a").rounds() == runs);
    return runs;
  };
  CHECK(runs_in(Form::short_form) >= 3);
  CHECK(runs_in(Form::trial) == 1);
}

TEST_CASE("one round of a peer can be enough in the short form, and there alone") {
  const auto rounds_of_slow = [](Form form) {
    Comparison comparison(form, rounds(3));
    comparison.add("slow", giving({6}));
    comparison.add("fast", giving({3, 3, 4}));
    comparison.once_in_short_form("slow");
    comparison.run();
    CHECK(comparison.figure("fast").rounds() == 3);
    CHECK(comparison.ratio("slow", "fast").rounds() ==
          comparison.figure("slow").rounds());
    return comparison.figure("slow").rounds();
  };
  CHECK(rounds_of_slow(Form::short_form) == 1);
  CHECK(rounds_of_slow(Form::long_form) == 3);
  Comparison comparison(Form::short_form, rounds(3));
  CHECK_THROWS_AS(comparison.once_in_short_form("nobody"), std::logic_error);
}

TEST_CASE("a ratio comes from rounds side by side") {
  Comparison comparison(Form::short_form, rounds(3));
  comparison.add("a", giving({1, 10, 2}));
  comparison.add("b", giving({1, 8, 4}));
  comparison.run();
  // 1, 1.25 and 0.5; that of the medians would be 0.5.
  const Figure ratio = comparison.ratio("a", "b");
  CHECK(ratio.value() == 1);
  CHECK(ratio.low() == 0.75);
  CHECK(ratio.high() == 1.125);
  CHECK(ratio.rounds() == 3);
}

TEST_CASE("a peer can give several quantities") {
  Comparison comparison(Form::short_form, rounds(3));
  comparison.add("a", [n = 0.0]() mutable {
    ++n;
    return Sample{{"wall", 10 + n}, {"cpu", 2 * (10 + n)}};
  });
  comparison.run();
  CHECK(comparison.figure("a", "wall").value() == 12);
  CHECK(comparison.figure("a", "cpu").value() == 24);
  CHECK(comparison
            .derived(
                {{"a", "wall"}, {"a", "cpu"}},
                [](const std::vector<double>& values) { return values[1] - values[0]; })
            .value() == 12);
}

TEST_CASE("a peer that cannot run leaves the others alone") {
  Comparison comparison(Form::short_form, rounds(3));
  int tries = 0;
  comparison.add("refused", [&]() -> double {
    ++tries;
    throw NotMeasured("there is no such thing here");
  });
  comparison.add_missing("missing", "it was not found");
  comparison.add("other", giving({5}));
  comparison.run();
  CHECK(tries == 1);
  CHECK(comparison.figure("refused").reason() == "there is no such thing here");
  CHECK(comparison.figure("missing").reason() == "it was not found");
  CHECK(comparison.figure("other").value() == 5);
  CHECK(comparison.ratio("other", "missing").reason() == "it was not found");
}

TEST_CASE("what a peer gave before it could run no more is kept") {
  Comparison comparison(Form::short_form, rounds(5));
  comparison.add("a", [n = 0]() mutable -> double {
    if (++n == 3) throw NotMeasured("it ran out");
    return n;
  });
  comparison.add("b", giving({2}));
  comparison.run();
  CHECK(comparison.figure("a").value() == 1.5);
  CHECK(comparison.figure("a").rounds() == 2);
  CHECK(comparison.figure("b").rounds() == 5);
  CHECK(comparison.ratio("a", "b").rounds() == 2);
}

TEST_CASE("what is no limit of the machine's ends the comparison") {
  Comparison comparison(Form::short_form, rounds(3));
  comparison.add("a", []() -> double { throw std::runtime_error("a wrong sum"); });
  CHECK_THROWS_AS(comparison.run(), std::runtime_error);
  CHECK_THROWS_AS(comparison.figure("nobody"), std::logic_error);
}

TEST_CASE("peers that spread too far are too noisy") {
  Comparison comparison(Form::short_form, rounds(5));
  comparison.add("a", giving({1, 5, 1, 5, 2}));
  comparison.run();
  CHECK_FALSE(comparison.figure("a").is_measured());
  Effort effort = rounds(5);
  effort.max_spread = 3;
  Comparison patient(Form::short_form, effort);
  patient.add("a", giving({1, 5, 1, 5, 2}));
  patient.run();
  CHECK(patient.figure("a").is_measured());
}
