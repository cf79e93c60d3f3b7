#pragma once

/// @file
/// The notation within a line of a transcript: measured numbers, identifiers and sets.

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "recorder/transcript.hpp"

namespace recorder {

/// Where in which file a message points to.
struct Place {
  const std::string& file;
  int line;
  template <typename... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> text, Args&&... args) const {
    throw TranscriptError(fmt::format("{}:{}: {}", file, line,
                                      fmt::format(text, std::forward<Args>(args)...)));
  }
};

/// The members of a range: numbers (`01`, `10`: as wide as written), or letters.
///
/// @return nothing where it is none.
std::optional<std::vector<std::string>> members_of_range(const std::string& first,
                                                         const std::string& last);

/// The words of a set, given what stands between its braces.
///
/// @return nothing where it is none.
std::optional<std::vector<std::string>> words_of_set(const std::string& inside);

/// Cuts the text of a line into its literal and its varying pieces.
///
/// @param at where an error points to.
/// @throws TranscriptError where the text breaks the notation.
std::vector<Piece> parse_line_text(const std::string& text, const Place& at);

}  // namespace recorder
