#include "recorder/judge_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>
#include <utility>
#include <variant>

#include "recorder/advance.hpp"
#include "recorder/explain_line.hpp"
#include "recorder/match_line.hpp"
#include "recorder/partial_order.hpp"

namespace recorder {
namespace {

/// A line of a run as the transcript writes it, and where it stands in it.
struct ReadLine {
  PlacedLine place;
  std::string order;  ///< As Verdict::order.
};

ReadLine read_as(const Event& event, std::size_t index, const std::string& line) {
  ReadLine result{{index, event.lanes, event.in_all_lanes, {}}, {}};
  std::size_t literal_end = 0;
  const auto found = match_line(event, line);
  for (const auto& [piece, begin, end] : *found) {
    const std::string said = line.substr(begin, end - begin);
    result.order += line.substr(literal_end, begin - literal_end);
    literal_end = end;
    if (const auto* number = std::get_if<MeasuredNumber>(&event.pieces[piece])) {
      result.place.measured.push_back({begin, end, std::stod(said), *number});
      result.order += "~";
    } else if (const auto* id = std::get_if<Identifier>(&event.pieces[piece])) {
      result.order += "#" + id->label;
    } else {
      result.order += said;
      if (event.lane_by_piece == piece) result.place.lanes = {said};
    }
  }
  result.order += line.substr(literal_end) + "\n";
  return result;
}

/// Judges one run: keeps every way in which it can be read, line by line.
class LineJudge {
 public:
  LineJudge(const Transcript& allowed, const std::vector<std::string>& lines,
            Bounds bounds)
      : order_(allowed), allowed_(allowed), lines_(lines), bounds_(bounds) {}

  Verdict judge() {
    levels_.push_back({{order_.begin(), 0, 0}});
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      auto next = read_next(i);
      if (next.empty()) return refused_at(i);
      levels_.push_back(std::move(next));
    }
    Verdict result = placed();
    const Progress& end = levels_.back().front().reached;
    const auto lost = std::find(end.printed.begin(), end.printed.end(), false);
    if (lost == end.printed.end()) {
      result.accepted = true;
    } else {
      result.broken_at = lines_.size();
      result.reason = explain_end(allowed_, order_, end, lines_.size(),
                                  static_cast<std::size_t>(lost - end.printed.begin()));
    }
    return result;
  }

 private:
  /// A way in which the run can be read up to one of its lines.
  struct Step {
    Progress reached;
    std::size_t from;   ///< Index in the level before.
    std::size_t event;  ///< What the line was read as.
  };

  /// The ways in which one more line can be read.
  std::vector<Step> read_next(std::size_t line) const {
    constexpr std::size_t max_ways = 100'000;
    std::vector<Step> next;
    std::set<Progress> known;
    for (std::size_t from = 0; from < levels_.back().size(); ++from) {
      const Progress& so_far = levels_.back()[from].reached;
      for (const std::size_t event : order_.next(so_far))
        if (auto reached = advance(order_, so_far, event, lines_[line], bounds_))
          if (known.insert(*reached).second)
            next.push_back({std::move(*reached), from, event});
      if (next.size() > max_ways)
        throw std::runtime_error(fmt::format(
            "{}: line {} of the run fits the transcript in more than {} ways: give its "
            "lines lanes",
            allowed_.command.front(), line + 1, max_ways));
    }
    return next;
  }

  Verdict refused_at(std::size_t line) const {
    Verdict refused = placed();
    auto error = explain_line(allowed_, order_, levels_.back().front().reached, lines_,
                              line, bounds_);
    refused.reason = std::move(error.reason);
    if (error.order_is_broken) refused.broken_at = line;
    return refused;
  }

  /// Follows the steps back from the first way in which all lines so far can be read.
  Verdict placed() const {
    std::vector<std::size_t> events;
    std::size_t at = 0;
    for (std::size_t level = levels_.size() - 1; level > 0; --level) {
      events.push_back(levels_[level][at].event);
      at = levels_[level][at].from;
    }
    std::reverse(events.begin(), events.end());
    Verdict result;
    for (std::size_t i = 0; i < events.size(); ++i) {
      auto read = read_as(allowed_.events[events[i]], events[i], lines_[i]);
      result.order += read.order;
      result.lines.push_back(std::move(read.place));
    }
    return result;
  }

  PartialOrder order_;
  const Transcript& allowed_;
  const std::vector<std::string>& lines_;
  Bounds bounds_;
  std::vector<std::vector<Step>> levels_;
};

/// By how much a run's numbers exceed their upper bounds, the one that does so the
/// most.
///
/// @return nothing where one does that is no time: no waiting explains it.
std::optional<double> late_by_seconds(const std::vector<PlacedLine>& lines) {
  double most = 0;
  for (const auto& line : lines)
    for (const auto& [begin, end, value, allowed] : line.measured) {
      if (value < allowed.below) continue;
      if (allowed.unit_seconds <= 0) return std::nullopt;
      // It must be less than its bound: one step of its last decimal, at the least.
      const double excess = value - allowed.below + std::pow(10, -allowed.decimals);
      most = std::max(most, excess * allowed.unit_seconds);
    }
  return most;
}

}  // namespace

Verdict judge_lines(const Transcript& allowed, const std::vector<std::string>& lines) {
  Verdict strict = LineJudge(allowed, lines, Bounds::both).judge();
  if (strict.accepted) return strict;
  Verdict lenient = LineJudge(allowed, lines, Bounds::lower).judge();
  if (!lenient.accepted) {
    strict.broken_at = lenient.broken_at;
    return strict;
  }
  lenient.late_by_seconds = late_by_seconds(lenient.lines);
  if (!lenient.late_by_seconds) return strict;
  lenient.accepted = false;
  lenient.reason = strict.reason;
  return lenient;
}

}  // namespace recorder
