#pragma once

/// @file
/// Holds a recording against its program's transcripts.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "recorder/book_program.hpp"

namespace recorder {

/// Holds a recording against its program's transcripts.
///
/// @return why it is refused; empty where it isn't.
/// @throws nlohmann::json::exception where it is no recording.
/// @throws std::runtime_error where a line's thread is missing.
std::string judge_recording(const BookProgram& program,
                            const nlohmann::json& recording);

/// Reads a recording, and holds it against its program's transcripts.
///
/// @return nothing where it is refused, which is printed to standard error.
std::optional<nlohmann::json> accepted_recording(const BookProgram& program,
                                                 const std::filesystem::path& path);

}  // namespace recorder
