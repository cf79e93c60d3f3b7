#pragma once

/// @file
/// Writes JSON to a file.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "program/write_file.hpp"

namespace recorder {

/// How JSON is laid out: on one line, or indented by this many blanks.
constexpr int one_line = -1;
constexpr int indented = 1;

/// JSON as text, ended by a newline. Bytes that are no UTF-8 are replaced.
inline std::string json_text(const nlohmann::json& value, int layout) {
  return value.dump(layout, ' ', false, nlohmann::json::error_handler_t::replace) +
         "\n";
}

/// Writes JSON to a file, as program::write_file() does, in a directory that is made
/// where it is missing.
///
/// @throws std::system_error where it can't be written.
inline void write_json(const std::filesystem::path& to, const nlohmann::json& value,
                       int layout) {
  if (to.has_parent_path()) std::filesystem::create_directories(to.parent_path());
  program::write_file(to, json_text(value, layout));
}

}  // namespace recorder
