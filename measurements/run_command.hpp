/// @file
/// What a run of another program costs.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace measurements {

/// What a run of another program cost.
struct Cost {
  double wall_seconds;       ///< From its start to its end.
  double cpu_seconds;        ///< Of it and of the children that it waited for.
  std::size_t memory_bytes;  ///< The most that one of its processes had at a time.
  std::string output;        ///< What it wrote to stdout.
};

/// Runs a program to its end, and ends it where that does not come. It finds this
/// process's environment.
/// @param words The program, found as a shell finds it, and its arguments.
/// @param good_exits The exit codes with which it has done its work.
/// @param timeout Longer than any program of a measurement takes on any machine.
/// @throws NotMeasured with the program's own words if it failed because a resource ran
///   out; if it was killed, as the kernel kills where memory runs out; or if it had
///   not ended in time. std::system_error if it cannot be started,
///   std::runtime_error with its first words if it failed for another reason.
Cost run_command(const std::vector<std::string>& words,
                 const std::vector<int>& good_exits = {0},
                 std::chrono::seconds timeout = std::chrono::minutes(10));

}  // namespace measurements
