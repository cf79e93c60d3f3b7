/// @file
/// What a program of the book has printed, taken apart.
#pragma once

#include <optional>
#include <string>

namespace measurements {

/// What a text says where a pattern fits it first.
/// @param pattern A regular expression (ECMAScript) with one group.
/// @return The group; nothing if it fits nowhere.
std::optional<std::string> find_in(const std::string& text, const std::string& pattern);

/// The same of what must be there.
/// @throws std::runtime_error if the pattern fits nowhere.
std::string text_in(const std::string& text, const std::string& pattern);

/// The same of a number.
/// @throws std::runtime_error if the pattern fits nowhere, std::invalid_argument if the
///   group is no number.
double number_in(const std::string& text, const std::string& pattern);

}  // namespace measurements
