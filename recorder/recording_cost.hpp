#pragma once

/// @file
/// What recording costs.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace recorder {

/// Measures what the recorder costs: a program that prints lines runs with and without
/// it, in turn, and one with sleeping threads is sampled. No other run of the recorder
/// is made meanwhile.
///
/// @param self the recorder's executable: it is also the program (see probe()).
/// @param form `trial`, `short` or `long`: how many rounds are measured.
/// @return as the book's measurements write it.
/// @throws std::runtime_error where the program fails.
nlohmann::json measure_recording_cost(const std::filesystem::path& self,
                                      const std::string& form);

}  // namespace recorder
