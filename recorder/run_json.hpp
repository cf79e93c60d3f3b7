#pragma once

/// @file
/// A recorded run as JSON; recording.schema.json describes it.

#include <nlohmann/json.hpp>

#include "recorder/run.hpp"

namespace recorder {

/// A recorded run, without a transcript.
nlohmann::json to_json(const Run& run);

/// The run that to_json() wrote, but for what no recording holds: when it began, and
/// how long it waited for cores.
///
/// @throws nlohmann::json::exception where it isn't one.
/// @throws std::runtime_error where a line's thread is missing.
Run run_from_json(const nlohmann::json& recorded);

}  // namespace recorder
