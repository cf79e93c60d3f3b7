#include "recorder/side_by_side.hpp"

#include <algorithm>

#include "recorder/resources.hpp"

namespace recorder {

int side_by_side(const Run& shown, int max) {
  constexpr double good_part = 0.75;
  const auto limits = limits_of_groups();
  double cores = static_cast<double>(usable_cores(limits));
  if (limits.cores) cores = std::min(cores, *limits.cores);
  const double own = shown.user_seconds + shown.system_seconds;
  const double fitting = good_part * cores * shown.wall_seconds / std::max(own, 1e-6);
  if (fitting >= max) return max;
  // Two do not wait for each other for long, and both end sooner than one by one.
  return std::min(max, std::max(2, static_cast<int>(fitting)));
}

}  // namespace recorder
