#include "recorder/read_transcripts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <boost/tokenizer.hpp>
#include <cctype>
#include <fstream>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <utility>

#include "recorder/line_text.hpp"

namespace recorder {
namespace {

std::vector<std::string> split_command(const std::string& text) {
  using separator = boost::escaped_list_separator<char>;
  std::vector<std::string> words;
  for (const auto& word :
       boost::tokenizer<separator>(text, separator("\\", " ", "\"'")))
    if (!word.empty()) words.push_back(word);
  return words;
}

/// One transcript while it is read.
class Reader {
 public:
  Reader(Transcript& into, const std::string& file) : result_(into), file_(file) {}

  /// Finds the column at which the lines' text begins, from the first margin.
  void find_column(const std::vector<std::string>& lines) {
    for (const auto& line : lines)
      if (std::smatch found; std::regex_search(line, found, margin_)) {
        column_ = static_cast<std::size_t>(found.length());
        return;
      }
  }

  void read(const std::string& line, int source_line) {
    const Place at{file_, source_line};
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
  void add(const std::string& margin, const std::string& text, const Place& at) {
    static const std::regex range(R"(^([A-Za-z0-9]+)-([A-Za-z0-9]+)$)");
    std::smatch found;
    Event line;
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
      line.pieces = parse_line_text(text, at);
      for (std::size_t i = 0; i < line.pieces.size() && !line.lane_by_piece; ++i)
        if (const auto* set = std::get_if<Choice>(&line.pieces[i]);
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
    if (line.pieces.empty()) line.pieces = parse_line_text(text, at);
    result_.events.push_back(std::move(line));
  }

  /// One line for each lane of a range; a set with as many words is taken word by word.
  void add_each(const Event& line, const std::string& first, const std::string& last,
                const Place& at) {
    const auto lanes = members_of_range(first, last);
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
  Transcript& result_;
  const std::string& file_;
  std::size_t column_ = 0;
  int section_ = 0;
  int own_lanes_ = 0;
  bool status_given_ = false;
};

}  // namespace

std::vector<Transcript> parse_transcripts(std::string_view docstring,
                                          const std::string& file, int first_line) {
  std::vector<std::string> lines;
  boost::split(lines, docstring, boost::is_any_of("\n"));
  const auto indentation = [](const std::string& line) {
    return line.find_first_not_of(' ');
  };
  std::vector<Transcript> all;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto indent = indentation(lines[i]);
    if (indent == std::string::npos || indent == 0 ||
        lines[i].substr(indent, 2) != "$ ")
      continue;
    Transcript next;
    next.source_line = first_line + static_cast<int>(i);
    next.command = split_command(lines[i].substr(indent + 2));
    if (next.command.empty())
      Place{file, next.source_line}.fail("`$` without a command");

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
    Reader reads(next, file);
    reads.find_column(body);
    for (std::size_t j = 0; j < body.size(); ++j)
      reads.read(body[j], next.source_line + 1 + static_cast<int>(j));
    i += body.size();
    all.push_back(std::move(next));
  }
  return all;
}

std::vector<Transcript> read_transcripts(const std::filesystem::path& source) {
  auto holder = source;
  holder.replace_extension(".cpp");
  std::ifstream file(holder);
  if (!file) throw TranscriptError(fmt::format("{}:1: can't be read", holder.string()));
  std::stringstream text;
  text << file.rdbuf();
  const std::string content = text.str();
  const auto begin = content.find_first_not_of(" \n\r\t");
  const auto end = content.find("*/");
  if (begin == std::string::npos || content.compare(begin, 2, "/*") != 0 ||
      end == std::string::npos)
    throw TranscriptError(fmt::format(
        "{}:1: begins with no docstring (a block comment)", holder.string()));
  const auto first_line =
      1 + static_cast<int>(std::count(
              content.begin(), content.begin() + static_cast<long>(begin), '\n'));
  auto all =
      parse_transcripts(std::string_view(content).substr(begin + 2, end - begin - 2),
                        holder.string(), first_line);
  if (all.empty())
    throw TranscriptError(
        fmt::format("{}:{}: the docstring has no transcript (an indented `$ command` "
                    "and its lines)",
                    holder.string(), first_line));
  return all;
}

}  // namespace recorder
