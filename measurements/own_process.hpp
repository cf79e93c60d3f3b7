/// @file
/// A process of its own for what is measured, so that its memory is its own.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>

namespace measurements {

/// Runs a function in a process of its own, and waits for its end.
/// @return What the function returned.
/// @throws NotMeasured where the process could not do it for a limit of the machine's,
///   std::runtime_error if it failed for another reason, which it has written to
///   stderr.
nlohmann::json in_own_process(const std::function<nlohmann::json()>& measured);

}  // namespace measurements
