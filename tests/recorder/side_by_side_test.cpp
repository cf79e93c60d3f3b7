// How many runs can be made at a time.
#include "recorder/side_by_side.hpp"

#include <algorithm>
#include <cmath>

#include "recorder/resources.hpp"
#include "tests/catch.hpp"

TEST_CASE("As many runs are made side by side as their computing leaves room for",
          "[side_by_side]") {
  using recorder::side_by_side;
  recorder::Run shown;
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
