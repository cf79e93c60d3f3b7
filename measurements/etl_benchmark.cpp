// The program etl beside CPython's pool with NumPy and beside reading and writing the
// same bytes and nothing else; what each step from the simple way to the fast one
// gains; and what writing a file costs in each way. The files are in the page cache.
//
//     etl_benchmark [--form trial|short|long]
#include "examples_2025_03_03_17_26/stopping.hpp"
#include "measurements/etl_sounds.hpp"

namespace measurements {
namespace {

void measure_etl(const MeasurementOptions& options, Report& report) {
  stop_on_signals();  // a program that is ended by one fails, and nothing is left
  const EtlSounds sounds(options);
  measure_etl_styles(options, sounds, report);
  measure_etl_steps(options, sounds, report);
  measure_writing(options, sounds, report);
}

}  // namespace
}  // namespace measurements

int main(int argc, char** argv) {
  return measurements::run_measurement(
      argc, argv, "etl", "What etl costs, and against what", measurements::measure_etl);
}
