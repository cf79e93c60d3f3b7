#include "recorder/match_line.hpp"

#include <algorithm>
#include <string_view>
#include <variant>

namespace recorder {
namespace {

std::size_t digits(const std::string& line, std::size_t from,
                   std::string_view which = "0123456789") {
  return std::min(line.find_first_not_of(which, from), line.size());
}

/// Whether @p line from @p at on has the shape of the pieces from @p index on; the
/// values of its numbers are not looked at.
bool has_shape(const std::vector<Piece>& pieces, std::size_t index,
               const std::string& line, std::size_t at, Captures& found) {
  if (index == pieces.size()) return at == line.size();
  const auto go_on = [&](std::size_t end) {
    found.push_back({index, at, end});
    if (has_shape(pieces, index + 1, line, end, found)) return true;
    found.pop_back();
    return false;
  };
  if (const auto* literal = std::get_if<std::string>(&pieces[index]))
    return line.compare(at, literal->size(), *literal) == 0 &&
           has_shape(pieces, index + 1, line, at + literal->size(), found);
  if (const auto* number = std::get_if<MeasuredNumber>(&pieces[index])) {
    std::size_t end = digits(line, at);
    if (end == at) return false;
    if (number->decimals > 0) {
      if (end == line.size() || line[end] != '.') return false;
      const std::size_t point = end;
      end = digits(line, point + 1);
      if (end != point + 1 + static_cast<std::size_t>(number->decimals)) return false;
    }
    return go_on(end);
  }
  if (const auto* id = std::get_if<Identifier>(&pieces[index])) {
    const std::size_t end =
        digits(line, at, id->hexadecimal ? "0123456789abcdef" : "0123456789");
    return end > at && go_on(end);
  }
  const auto& words = std::get<Choice>(pieces[index]).words;
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return line.compare(at, word.size(), word) == 0 && go_on(at + word.size());
  });
}

}  // namespace

std::optional<Captures> match_line(const Event& event, const std::string& line) {
  Captures found;
  if (has_shape(event.pieces, 0, line, 0, found)) return found;
  return std::nullopt;
}

}  // namespace recorder
