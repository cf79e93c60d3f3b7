#include "recorder/line_times.hpp"

#include <algorithm>
#include <cmath>

namespace recorder {

double since_first(const Run& run, std::size_t line) {
  const double time = line < run.lines.size() ? run.lines[line].time : run.wall_seconds;
  return time - (run.lines.empty() ? 0 : run.lines.front().time);
}

LineTimes line_times(const Run& run) {
  LineTimes times;
  for (std::size_t i = 0; i <= run.lines.size(); ++i)
    times.push_back(since_first(run, i));
  return times;
}

void add_times(LineTimes& earliest, const LineTimes& others) {
  if (earliest.size() != others.size()) earliest.assign(others.size(), HUGE_VAL);
  std::transform(others.begin(), others.end(), earliest.begin(), earliest.begin(),
                 [](double one, double other) { return std::min(one, other); });
}

}  // namespace recorder
