#include "measurements/figure.hpp"

#include <cerrno>
#include <limits>
#include <new>
#include <system_error>

#include "tests/catch.hpp"

using Catch::Matchers::ContainsSubstring;

using namespace measurements;

TEST_CASE("a value between two of a sample is interpolated") {
  CHECK(median({3, 1, 2}) == 2);
  CHECK(median({4, 1, 2, 3}) == 2.5);
  CHECK(quantile({4, 1, 2, 3}, 0.25) == 1.75);
  CHECK(quantile({4, 1, 2, 3}, 0.75) == 3.25);
  CHECK(quantile({7}, 0.75) == 7);
  CHECK(quantile({5, 9}, 1) == 9);
}

TEST_CASE("a figure has the median, the quartiles and the number of its rounds") {
  const Figure figure = Figure::of_rounds({10, 12, 11, 14, 9});
  REQUIRE(figure.is_measured());
  CHECK(figure.value() == 11);
  CHECK(figure.low() == 10);
  CHECK(figure.high() == 12);
  CHECK(figure.rounds() == 5);
}

TEST_CASE("one round has no spread") {
  const Figure figure = Figure::of_rounds({3});
  REQUIRE(figure.is_measured());
  CHECK(figure.low() == 3);
  CHECK(figure.high() == 3);
  CHECK(figure.rounds() == 1);
}

TEST_CASE("a figure whose rounds spread too far is not measured") {
  const Figure figure = Figure::of_rounds({1, 1, 2, 3, 10});
  CHECK_FALSE(figure.is_measured());
  CHECK(figure.reason() ==
        "too noisy: the middle half of 5 rounds spread over 1.0 of their median, more "
        "than 0.5");
  CHECK(Figure::of_rounds({1, 1, 2, 3, 10}, 1.5).is_measured());
  // Of two rounds nobody knows whether they are usual.
  CHECK(Figure::of_rounds({1, 10}).is_measured());
}

TEST_CASE("a single round that is far off does no harm") {
  const Figure figure = Figure::of_rounds({10, 10, 1000, 11, 10});
  REQUIRE(figure.is_measured());
  CHECK(figure.value() == 10);
}

TEST_CASE("what gave no number is not measured") {
  CHECK(Figure::of_rounds({}).reason() == "no round of it was run");
  CHECK(Figure::of_rounds({1, std::numeric_limits<double>::quiet_NaN(), 1}).reason() ==
        "the system gave no number for it");
  CHECK(Figure::of_rounds({std::numeric_limits<double>::infinity()}).reason() ==
        "the system gave no number for it");
}

TEST_CASE("a limit of the machine's is told from a bug") {
  const auto refused = [](int error) {
    return reason_of(std::system_error(error, std::generic_category(), "a call"));
  };
  CHECK(reason_of(NotMeasured("too few cores")) == "too few cores");
  CHECK(reason_of(std::bad_alloc()) == "there was too little memory");
  for (const int limit : {ENOMEM, EMFILE, EAGAIN, ENOSPC, ENOSYS, EPERM})
    CHECK(refused(limit).has_value());
  CHECK_THAT(refused(EMFILE).value(), ContainsSubstring("a call: Too many open files"));
  for (const int bug : {ENOENT, EINVAL, EBADF, EPIPE})
    CHECK_FALSE(refused(bug).has_value());
  CHECK_FALSE(reason_of(std::runtime_error("a task is lost")).has_value());
}

TEST_CASE("a program's last words can name a limit") {
  CHECK(names_a_limit("example: fork: Resource temporarily unavailable\n"));
  CHECK(names_a_limit("Traceback (most recent call last):\n  ...\nMemoryError\n"));
  CHECK(names_a_limit("OSError: [Errno 28] No space left on device: 'x'\n"));
  CHECK_FALSE(names_a_limit("example: a task is lost\n"));
  CHECK_FALSE(names_a_limit(""));
}
