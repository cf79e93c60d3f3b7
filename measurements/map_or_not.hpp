/// @file
/// The parts of the measurement `map_or_not`.
#pragma once

#include "measurements/measurement.hpp"

namespace measurements {

/// Measures the steps from the tutorial's line to the fastest loop, on one core.
/// @param count How many numbers, of which every tenth is computed.
void measure_steps(const MeasurementOptions& options, int count, Report& report);

/// Measures a pool of two by the size of a chunk, beside CPython's and faster ways.
void measure_chunk_sizes(const MeasurementOptions& options, int count, Report& report);

}  // namespace measurements
