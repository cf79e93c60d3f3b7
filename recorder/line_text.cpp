#include "recorder/line_text.hpp"

#include <algorithm>
#include <array>
#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/split.hpp>
#include <cctype>
#include <regex>
#include <string_view>

namespace recorder {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_number(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

/// How many seconds the unit of a measured number is; 0 where it measures no time.
///
/// @param behind   the text behind the number: a unit, or nothing.
/// @param decimals how many the number has: one without any and without a unit counts.
double unit_seconds(std::string_view behind, int decimals) {
  constexpr std::array<std::pair<std::string_view, double>, 5> units{
      {{" second(s)", 1}, {" seconds", 1}, {" s", 1}, {" ms", 1e-3}, {" µs", 1e-6}}};
  for (const auto& [unit, size] : units)
    if (behind.starts_with(unit)) {
      const auto rest = behind.substr(unit.size());
      const bool is_whole_word = rest.empty() || rest[0] == ' ' || rest[0] == ',';
      return is_whole_word ? size : 0;
    }
  return behind.empty() && decimals > 0 ? 1 : 0;
}

}  // namespace

std::optional<std::vector<std::string>> members_of_range(const std::string& first,
                                                         const std::string& last) {
  std::vector<std::string> all;
  if (is_number(first) && is_number(last) && first.size() < 10 && last.size() < 10) {
    const std::size_t width = first[0] == '0' && first.size() > 1 ? first.size() : 0;
    for (long n = std::stol(first); n <= std::stol(last); ++n)
      all.push_back(fmt::format("{:0{}}", n, width));
  } else if (first.size() == 1 && last.size() == 1 && std::isalpha(first[0]) &&
             std::isalpha(last[0])) {
    for (char c = first[0]; c <= last[0]; ++c) all.emplace_back(1, c);
  }
  if (all.size() < 2) return std::nullopt;
  return all;
}

std::optional<std::vector<std::string>> words_of_set(const std::string& inside) {
  if (const auto dots = inside.find(".."); dots != std::string::npos)
    return members_of_range(inside.substr(0, dots), inside.substr(dots + 2));
  std::vector<std::string> words;
  boost::split(words, inside, boost::is_any_of(","));
  const bool empty_word = std::any_of(words.begin(), words.end(),
                                      [](const auto& word) { return word.empty(); });
  if (words.size() < 2 || empty_word) return std::nullopt;
  return words;
}

std::vector<Piece> parse_line_text(const std::string& text, const Place& at) {
  static const std::regex measured(R"(^~(\d+(?:\.(\d+))?)(?:<(\d+(?:\.\d+)?))?)");
  static const std::regex label(R"(^#(\d+))");
  std::vector<Piece> pieces;
  std::string literal;
  const auto add = [&](Piece p) {
    if (!literal.empty()) pieces.emplace_back(std::exchange(literal, {}));
    pieces.push_back(std::move(p));
  };
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    std::smatch found;
    const std::string rest = text.substr(i);
    if ((c == '~' || c == '#' || c == '{') && rest.size() > 1 && rest[1] == c) {
      literal += c;  // doubled: the character itself
      i += 2;
    } else if (c == '~' && std::regex_search(rest, found, measured)) {
      MeasuredNumber number{std::stod(found[1]), 2 * std::stod(found[1]),
                            static_cast<int>(found[2].length())};
      if (found[3].matched) number.below = std::stod(found[3]);
      if (number.below <= number.at_least)
        at.fail("`{}` accepts no number: give a larger bound, as in `{}<1.00`",
                found[0].str(), found[0].str());
      i += static_cast<std::size_t>(found.length());
      number.unit_seconds =
          unit_seconds(std::string_view(text).substr(i), number.decimals);
      add(number);
    } else if (c == '#' && std::regex_search(rest, found, label)) {
      add(Identifier{found[1], boost::ends_with(literal, "0x")});
      i += static_cast<std::size_t>(found.length());
    } else if (c == '{') {
      const auto end = rest.find('}');
      const auto words = end == std::string::npos
                             ? std::nullopt
                             : words_of_set(rest.substr(1, end - 1));
      if (!words)
        at.fail(
            "`{}` begins no set such as {{1..4}} or {{red,green}}; write {{{{ for a "
            "brace",
            rest.substr(0, end == std::string::npos ? end : end + 1));
      add(Choice{*words});
      i += end + 1;
    } else {
      literal += c;
      ++i;
    }
  }
  if (!literal.empty()) pieces.emplace_back(literal);
  return pieces;
}

}  // namespace recorder
