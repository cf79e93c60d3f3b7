#include "recorder/transcript.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <boost/tokenizer.hpp>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

namespace recorder {
namespace {

/// Where in which file a message points to.
struct place {
  const std::string& file;
  int line;
  template <typename... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> text, Args&&... args) const {
    throw transcript_error(fmt::format("{}:{}: {}", file, line,
                                       fmt::format(text, std::forward<Args>(args)...)));
  }
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_number(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

/// The members from @p first to @p last: numbers (`01`, `10`: as wide as written), or
/// letters.
std::optional<std::vector<std::string>> members(const std::string& first,
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

/// The words of a set, given what stands between its braces.
std::optional<std::vector<std::string>> words_of_set(const std::string& inside) {
  if (const auto dots = inside.find(".."); dots != std::string::npos)
    return members(inside.substr(0, dots), inside.substr(dots + 2));
  std::vector<std::string> words;
  boost::split(words, inside, boost::is_any_of(","));
  const bool empty_word = std::any_of(words.begin(), words.end(),
                                      [](const auto& word) { return word.empty(); });
  if (words.size() < 2 || empty_word) return std::nullopt;
  return words;
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

/// Cuts the text of a line into its literal and its varying pieces.
std::vector<piece> parse_text(const std::string& text, const place& at) {
  static const std::regex measured(R"(^~(\d+(?:\.(\d+))?)(?:<(\d+(?:\.\d+)?))?)");
  static const std::regex label(R"(^#(\d+))");
  std::vector<piece> pieces;
  std::string literal;
  const auto add = [&](piece p) {
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
      measured_number number{std::stod(found[1]), 2 * std::stod(found[1]),
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
      add(identifier{found[1], boost::ends_with(literal, "0x")});
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
      add(choice{*words});
      i += end + 1;
    } else {
      literal += c;
      ++i;
    }
  }
  if (!literal.empty()) pieces.emplace_back(literal);
  return pieces;
}

std::vector<std::string> split_command(const std::string& text) {
  using separator = boost::escaped_list_separator<char>;
  std::vector<std::string> words;
  for (const auto& word :
       boost::tokenizer<separator>(text, separator("\\", " ", "\"'")))
    if (!word.empty()) words.push_back(word);
  return words;
}

/// One transcript while it is read.
class reader {
 public:
  reader(transcript& into, const std::string& file) : result_(into), file_(file) {}

  /// Finds the column at which the lines' text begins, from the first margin.
  void find_column(const std::vector<std::string>& lines) {
    for (const auto& line : lines)
      if (std::smatch found; std::regex_search(line, found, margin_)) {
        column_ = static_cast<std::size_t>(found.length());
        return;
      }
  }

  void read(const std::string& line, int source_line) {
    const place at{file_, source_line};
    static const std::regex status(R"(^\[exit status (\d+)\]$)");
    std::smatch found;
    const std::string trimmed = boost::trim_copy(line);
    const std::string text = line.substr(std::min(line.size(), column_));
    if (status_given_) at.fail("the exit status is a transcript's last line");
    if (trimmed == "--") {
      ++section_;
    } else if (std::regex_match(trimmed, found, status)) {
      result_.exit_status = std::stoi(found[1]);
      status_given_ = true;
    } else if (std::regex_search(line, found, margin_) &&
               (static_cast<std::size_t>(found.length()) == column_ ||
                line.size() + 1 == column_)) {
      add(found[1], text, at);
    } else if (line.find_first_not_of(' ') >= std::min(column_, line.size())) {
      add("", text, at);
    } else {
      at.fail(
          "the text of `{}` begins before column {}, where that of the lines with "
          "lanes does",
          trimmed, column_ + 1);
    }
  }

 private:
  void add(const std::string& margin, const std::string& text, const place& at) {
    static const std::regex range(R"(^([A-Za-z0-9]+)-([A-Za-z0-9]+)$)");
    std::smatch found;
    event line;
    line.margin = margin;
    line.written = text;
    line.section = section_;
    line.source_line = at.line;
    if (margin.empty()) {
      line.in_all_lanes = true;
    } else if (margin == "*") {
      // No other line names this lane.
      line.lanes = {fmt::format("*{}", ++own_lanes_)};
    } else if (std::regex_match(margin, found, range)) {
      return add_each(line, found[1], found[2], at);
    } else if (margin.front() == '{') {
      const auto words = words_of_set(margin.substr(1, margin.size() - 2));
      if (!words) at.fail("`{}` is no set of lanes such as {{1..4}}", margin);
      line.lanes = *words;
      for (const auto& lane : *words) know(lane);
      line.pieces = parse_text(text, at);
      for (std::size_t i = 0; i < line.pieces.size() && !line.lane_by_piece; ++i)
        if (const auto* set = std::get_if<choice>(&line.pieces[i]);
            set && set->words == *words)
          line.lane_by_piece = i;
      if (!line.lane_by_piece)
        at.fail(
            "the line stands in one of the lanes {}, but its text has no set {} that "
            "says which",
            margin, margin);
    } else {
      boost::split(line.lanes, margin, boost::is_any_of("+"));
      for (const auto& lane : line.lanes) {
        if (lane.empty() || !std::all_of(lane.begin(), lane.end(), [](unsigned char c) {
              return std::isalnum(c);
            }))
          at.fail("`{}` names no lane", margin);
        know(lane);
      }
      if (std::set(line.lanes.begin(), line.lanes.end()).size() != line.lanes.size())
        at.fail("`{}` names a lane twice", margin);
    }
    if (line.pieces.empty()) line.pieces = parse_text(text, at);
    result_.events.push_back(std::move(line));
  }

  /// One line for each lane of a range; a set with as many words is taken word by word.
  void add_each(const event& line, const std::string& first, const std::string& last,
                const place& at) {
    const auto lanes = members(first, last);
    if (!lanes) at.fail("`{}` is no range of lanes such as a-j or 1-4", line.margin);
    static const std::regex set(R"(\{\{|\{([^{}]*)\})");
    for (std::size_t i = 0; i < lanes->size(); ++i) {
      std::string text;
      std::string rest = line.written;
      for (std::smatch found; std::regex_search(rest, found, set);
           rest = found.suffix()) {
        const auto words = found[1].matched ? words_of_set(found[1]) : std::nullopt;
        const bool member_by_member = words && words->size() == lanes->size();
        text +=
            found.prefix().str() + (member_by_member ? (*words)[i] : found[0].str());
      }
      add((*lanes)[i], text + rest, at);
    }
  }

  void know(const std::string& lane) {
    if (std::find(result_.lanes.begin(), result_.lanes.end(), lane) ==
        result_.lanes.end())
      result_.lanes.push_back(lane);
  }

  static inline const std::regex margin_{R"(^ *([A-Za-z0-9+*{}.,-]+) *\|(?: |$))"};
  transcript& result_;
  const std::string& file_;
  std::size_t column_ = 0;
  int section_ = 0;
  int own_lanes_ = 0;
  bool status_given_ = false;
};

}  // namespace

std::vector<transcript> parse_transcripts(std::string_view docstring,
                                          const std::string& file, int first_line) {
  std::vector<std::string> lines;
  boost::split(lines, docstring, boost::is_any_of("\n"));
  const auto indentation = [](const std::string& line) {
    return line.find_first_not_of(' ');
  };
  std::vector<transcript> all;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto indent = indentation(lines[i]);
    if (indent == std::string::npos || indent == 0 ||
        lines[i].substr(indent, 2) != "$ ")
      continue;
    transcript next;
    next.source_line = first_line + static_cast<int>(i);
    next.command = split_command(lines[i].substr(indent + 2));
    if (next.command.empty())
      place{file, next.source_line}.fail("`$` without a command");

    // The block ends at the next command, or where the text is indented less. An empty
    // line within it is an empty line of output.
    std::vector<std::string> body;
    for (std::size_t j = i + 1; j < lines.size(); ++j) {
      const auto deep = indentation(lines[j]);
      if (deep != std::string::npos &&
          (deep < indent || (deep == indent && lines[j].substr(deep, 2) == "$ ")))
        break;
      body.push_back(deep == std::string::npos ? "" : lines[j].substr(indent));
    }
    while (!body.empty() && body.back().empty()) body.pop_back();

    next.written.push_back(lines[i].substr(indent));
    next.written.insert(next.written.end(), body.begin(), body.end());
    reader reads(next, file);
    reads.find_column(body);
    for (std::size_t j = 0; j < body.size(); ++j)
      reads.read(body[j], next.source_line + 1 + static_cast<int>(j));
    i += body.size();
    all.push_back(std::move(next));
  }
  return all;
}

std::vector<transcript> read_transcripts(const std::filesystem::path& source) {
  auto holder = source;
  holder.replace_extension(".cpp");
  std::ifstream file(holder);
  if (!file)
    throw transcript_error(fmt::format("{}:1: can't be read", holder.string()));
  std::stringstream text;
  text << file.rdbuf();
  const std::string content = text.str();
  const auto begin = content.find_first_not_of(" \n\r\t");
  const auto end = content.find("*/");
  if (begin == std::string::npos || content.compare(begin, 2, "/*") != 0 ||
      end == std::string::npos)
    throw transcript_error(fmt::format(
        "{}:1: begins with no docstring (a block comment)", holder.string()));
  const auto first_line =
      1 + static_cast<int>(std::count(
              content.begin(), content.begin() + static_cast<long>(begin), '\n'));
  auto all =
      parse_transcripts(std::string_view(content).substr(begin + 2, end - begin - 2),
                        holder.string(), first_line);
  if (all.empty())
    throw transcript_error(
        fmt::format("{}:{}: the docstring has no transcript (an indented `$ command` "
                    "and its lines)",
                    holder.string(), first_line));
  return all;
}

}  // namespace recorder
