// Sleeping tasks in each style: CPU time and memory of each, by their number, as far as
// each style goes; and what its limit looks like.
//
//     sleepers_benchmark [--form trial|short|long]
#include "measurements/measurement.hpp"
#include "measurements/sleeping_styles.hpp"

namespace measurements {
namespace {

void add_go_version(const SleepingStyles& styles, Report& report) {
  const std::string& version = styles.tasks().go_version();
  const std::string& missing = styles.of_name("goroutines").missing;
  if (!version.empty())
    report.add_fact("go_version", version);
  else
    report.add(
        "go_version",
        Figure::not_measured(missing.empty() ? "no program of Go's has run" : missing));
}

void measure_sleepers(const MeasurementOptions& options, Report& report) {
  SleepingStyles styles(options);
  const Comparison many_runs = measure_counts(styles, report);
  measure_million(styles, many_runs, report);
  measure_limits(styles, report);
  add_go_version(styles, report);
}

}  // namespace
}  // namespace measurements

int main(int argc, char** argv) {
  return measurements::run_measurement(argc, argv, "sleepers",
                                       "Sleeping tasks in each style",
                                       measurements::measure_sleepers);
}
