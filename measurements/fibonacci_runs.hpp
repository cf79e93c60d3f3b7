/// @file
/// The ways to compute Fibonacci numbers that the measurement `map_or_not` compares:
/// each checks the sum of what it has computed.
#pragma once

#include <nlohmann/json.hpp>

#include "examples_2025_03_03_17_26/fibonacci.hpp"
#include "measurements/comparison.hpp"

namespace measurements {

/// Computes one number.
using Fibonacci = BigNumber (*)(int);

/// Seconds for the first numbers, one after the other.
/// @throws std::runtime_error if their sum is wrong, as all of these do.
double on_one_core(Fibonacci function, int count);

/// The same by a pool of two, from its making to its last result: `wall_seconds`, and
/// the most memory that the main process (`main_bytes`) and a worker (`worker_bytes`)
/// had; NaN where the kernel does not say.
/// @throws NotMeasured where the machine cannot.
Sample pool_run(Fibonacci function, int count, int chunk_size);

/// The seconds of pool_run() alone.
double pool_seconds(Fibonacci function, int count, int chunk_size);

/// Seconds where each call computes a range of numbers: the first of them by doubling,
/// the others by additions.
double ranges_on_one_core(int count, int range_size);

/// The same by a pool of two.
double pool_seconds_by_ranges(int count, int range_size);

/// The memory that a process has while it takes the results of a pool.
/// @param keep Whether it keeps the results.
/// @return Pairs of the number of results and bytes.
nlohmann::json memory_over_results(int count, bool keep);

}  // namespace measurements
