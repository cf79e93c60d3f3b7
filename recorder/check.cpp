#include "recorder/check.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <map>
#include <set>
#include <stdexcept>
#include <string_view>
#include <tuple>

namespace recorder {
namespace {

/// What a line of a run says at one of the varying pieces of an event's text.
struct capture {
  std::size_t piece;
  std::size_t begin;
  std::size_t end;
};
using captures = std::vector<capture>;

std::size_t digits(const std::string& line, std::size_t from,
                   std::string_view which = "0123456789") {
  return std::min(line.find_first_not_of(which, from), line.size());
}

/// Whether @p line from @p at on has the shape of the pieces from @p index on; the
/// values of its numbers are not looked at.
bool has_shape(const std::vector<piece>& pieces, std::size_t index,
               const std::string& line, std::size_t at, captures& found) {
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
  if (const auto* number = std::get_if<measured_number>(&pieces[index])) {
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
  if (const auto* id = std::get_if<identifier>(&pieces[index])) {
    const std::size_t end =
        digits(line, at, id->hexadecimal ? "0123456789abcdef" : "0123456789");
    return end > at && go_on(end);
  }
  const auto& words = std::get<choice>(pieces[index]).words;
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return line.compare(at, word.size(), word) == 0 && go_on(at + word.size());
  });
}

std::optional<captures> shape(const event& of, const std::string& line) {
  captures found;
  if (has_shape(of.pieces, 0, line, 0, found)) return found;
  return std::nullopt;
}

bool share_a_lane(const std::vector<std::string>& one,
                  const std::vector<std::string>& two) {
  return std::find_first_of(one.begin(), one.end(), two.begin(), two.end()) !=
         one.end();
}

/// How far a run has come: which lines were printed, and what was chosen in them.
struct state {
  std::vector<bool> printed;
  std::map<std::size_t, std::string> chosen_lane;  ///< Of events with lane_by_piece.
  std::map<std::string, std::string> identifiers;  ///< Label and the run's own number.
  auto key() const { return std::tie(printed, chosen_lane, identifiers); }
  bool operator<(const state& other) const { return key() < other.key(); }
};

/// The order in which a transcript's lines may be printed.
class partial_order {
 public:
  explicit partial_order(const transcript& allowed)
      : events(allowed.events), before_(events.size()) {
    for (std::size_t later = 0; later < events.size(); ++later) {
      has_choices_ = has_choices_ || events[later].lane_by_piece;
      for (std::size_t earlier = 0; earlier < later; ++earlier)
        if (always_before(events[earlier], events[later]))
          before_[later].push_back(earlier);
    }
    for (const auto& lane : allowed.lanes)
      for (std::size_t i = 0; i < events.size(); ++i)
        if (!events[i].in_all_lanes && !events[i].lane_by_piece && stands_in(i, lane))
          exclusive_[lane].push_back(i);
  }

  /// The first line that must be printed before @p next and was not.
  std::optional<std::size_t> missing_before(std::size_t next,
                                            const state& so_far) const {
    for (const std::size_t earlier : before_[next])
      if (!so_far.printed[earlier]) return earlier;
    return std::nullopt;
  }

  /// The line that forbids @p next to stand in @p lanes: a later one of the same lane
  /// that was printed, or an earlier one that was not.
  std::optional<std::size_t> conflict(std::size_t next,
                                      const std::vector<std::string>& lanes,
                                      const state& so_far) const {
    if (!has_choices_ || events[next].in_all_lanes) return std::nullopt;
    for (std::size_t other = 0; other < events.size(); ++other) {
      if (other == next || events[other].in_all_lanes) continue;
      const bool printed = so_far.printed[other];
      if (printed == (other < next)) continue;
      if (!printed && events[other].lane_by_piece)
        continue;  // it may take another lane
      if (share_a_lane(lanes, lanes_of(other, so_far))) return other;
    }
    return std::nullopt;
  }

  std::vector<std::string> lanes_of(std::size_t i, const state& so_far) const {
    if (const auto chosen = so_far.chosen_lane.find(i);
        chosen != so_far.chosen_lane.end())
      return {chosen->second};
    return events[i].lanes;
  }

  /// Whether two lines can stand for each other: each in a lane of its own, and what
  /// the two lanes have still to print reads the same. Trying one of them is enough.
  bool interchangeable(std::size_t one, std::size_t two, const state& so_far) const {
    if (has_choices_ || events[one].written != events[two].written) return false;
    const auto rest = [&](std::size_t i) -> std::optional<std::vector<std::size_t>> {
      if (events[i].lanes.size() != 1) return std::nullopt;
      std::vector<std::size_t> open;
      const auto lane = exclusive_.find(events[i].lanes.front());
      if (lane == exclusive_.end()) return std::vector{i};  // a `*`: nothing follows
      for (const std::size_t next : lane->second)
        if (!so_far.printed[next]) open.push_back(next);
      return open;
    };
    const auto rest_one = rest(one);
    const auto rest_two = rest(two);
    return rest_one && rest_two &&
           std::equal(rest_one->begin(), rest_one->end(), rest_two->begin(),
                      rest_two->end(), [&](std::size_t a, std::size_t b) {
                        return a == b || (events[a].lanes.size() == 1 &&
                                          events[b].lanes.size() == 1 &&
                                          events[a].section == events[b].section &&
                                          events[a].written == events[b].written &&
                                          between_same_points(a, b));
                      });
  }

  const std::vector<event>& events;

 private:
  static bool always_before(const event& earlier, const event& later) {
    if (earlier.section != later.section || earlier.in_all_lanes || later.in_all_lanes)
      return true;
    return !earlier.lane_by_piece && !later.lane_by_piece &&
           share_a_lane(earlier.lanes, later.lanes);
  }

  bool stands_in(std::size_t i, const std::string& lane) const {
    const auto& lanes = events[i].lanes;
    return std::find(lanes.begin(), lanes.end(), lane) != lanes.end();
  }

  /// Whether no line that stands in all lanes is between two others.
  bool between_same_points(std::size_t a, std::size_t b) const {
    const auto [first, last] = std::minmax(a, b);
    return std::none_of(events.begin() + static_cast<long>(first),
                        events.begin() + static_cast<long>(last),
                        [](const event& e) { return e.in_all_lanes; });
  }

  std::vector<std::vector<std::size_t>> before_;
  std::map<std::string, std::vector<std::size_t>> exclusive_;
  bool has_choices_ = false;
};

/// Calls @p use with each line that may be printed next, interchangeable ones once.
template <typename Use>
void for_each_next(const partial_order& order, const state& so_far, const Use& use) {
  std::vector<std::size_t> tried;
  for (std::size_t i = 0; i < order.events.size(); ++i) {
    if (so_far.printed[i] || order.missing_before(i, so_far)) continue;
    if (std::any_of(tried.begin(), tried.end(), [&](std::size_t other) {
          return order.interchangeable(i, other, so_far);
        }))
      continue;
    tried.push_back(i);
    use(i);
  }
}

/// Which bounds of measured numbers a run is held against.
enum class bounds { both, lower };

/// The checking of one run.
class checker {
 public:
  checker(const transcript& allowed, const std::vector<std::string>& lines,
          bounds checked)
      : order_(allowed), allowed_(allowed), lines_(lines), checked_(checked) {}

  verdict run() {
    constexpr std::size_t too_many = 100'000;
    levels_.push_back({{first_state(), 0, 0}});
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      std::vector<step> next;
      std::set<state> known;
      for (std::size_t from = 0; from < levels_.back().size(); ++from) {
        const state& so_far = levels_.back()[from].reached;
        for_each_next(order_, so_far, [&](std::size_t e) {
          if (auto reached = advance(so_far, e, lines_[i], nullptr))
            if (known.insert(*reached).second) next.push_back({*reached, from, e});
        });
        if (next.size() > too_many)
          throw std::runtime_error(fmt::format(
              "{}: line {} of the run fits the transcript in more than {} ways: give "
              "its lines lanes",
              allowed_.command.front(), i + 1, too_many));
      }
      if (next.empty()) {
        verdict refused = placed(0);
        bool order_is_broken = true;
        refused.reason = explain(i, order_is_broken);
        if (order_is_broken) refused.broken_at = i;
        return refused;
      }
      levels_.push_back(std::move(next));
    }
    verdict result = placed(0);
    const state& end = levels_.back().front().reached;
    const auto lost = std::find(end.printed.begin(), end.printed.end(), false);
    if (lost == end.printed.end()) {
      result.accepted = true;
    } else {
      result.broken_at = lines_.size();
      result.reason = fmt::format(
          "the run ended after {} line(s) without\n    {}\n{}", lines_.size(),
          show(static_cast<std::size_t>(lost - end.printed.begin())),
          show_lanes(end, static_cast<std::size_t>(lost - end.printed.begin()),
                     std::nullopt));
    }
    return result;
  }

 private:
  struct step {
    state reached;
    std::size_t from;  ///< Index in the level before.
    std::size_t event;
  };

  state first_state() const {
    return {std::vector<bool>(allowed_.events.size(), false), {}, {}};
  }

  /// The state after @p line was printed as event @p e; nothing, and why, where it
  /// can't be.
  std::optional<state> advance(const state& so_far, std::size_t e,
                               const std::string& line, std::string* why) const {
    const event& next = allowed_.events[e];
    const auto found = shape(next, line);
    if (!found) return std::nullopt;
    state reached = so_far;
    auto lanes = next.lanes;
    for (const auto& [index, begin, end] : *found) {
      const std::string text = line.substr(begin, end - begin);
      if (const auto* number = std::get_if<measured_number>(&next.pieces[index])) {
        const double value = std::stod(text);
        if (value < number->at_least) {
          if (why)
            *why = fmt::format(
                "its number {} is too small: the transcript allows no less "
                "than {:.{}f}",
                text, number->at_least, number->decimals);
          return std::nullopt;
        }
        if (checked_ == bounds::both && value >= number->below) {
          if (why)
            *why = fmt::format(
                "its number {} is too large: the transcript allows less "
                "than {:.{}f}",
                text, number->below, number->decimals);
          return std::nullopt;
        }
      } else if (const auto* id = std::get_if<identifier>(&next.pieces[index])) {
        for (const auto& [label, value] : reached.identifiers)
          if ((label == id->label) != (value == text)) {
            if (why)
              *why = fmt::format("its identifier {} is foreign: in this run #{} is {}",
                                 text, label, value);
            return std::nullopt;
          }
        reached.identifiers[id->label] = text;
      } else if (next.lane_by_piece == index) {
        lanes = {text};
        reached.chosen_lane[e] = text;
      }
    }
    if (const auto other = order_.conflict(e, lanes, so_far)) {
      if (why)
        *why = fmt::format("it stands in lane {}, {}\n    {}", fmt::join(lanes, ", "),
                           *other < e
                               ? "and this line, which is earlier in that lane, was "
                                 "not printed yet"
                               : "and this line, which is later in that lane, was "
                                 "printed already",
                           show(*other));
      return std::nullopt;
    }
    reached.printed[e] = true;
    return reached;
  }

  /// Follows the steps back from a state of the last level.
  verdict placed(std::size_t at) const {
    verdict result;
    std::vector<std::size_t> events;
    for (std::size_t level = levels_.size() - 1; level > 0; --level) {
      events.push_back(levels_[level][at].event);
      at = levels_[level][at].from;
    }
    std::reverse(events.begin(), events.end());
    for (std::size_t i = 0; i < events.size(); ++i) {
      const event& printed = allowed_.events[events[i]];
      placed_line line{events[i], printed.lanes, printed.in_all_lanes, {}};
      std::string normal = printed.written;
      std::size_t literal_end = 0;
      std::string text;
      const auto found = shape(printed, lines_[i]);
      for (const auto& [index, begin, end] : *found) {
        const std::string said = lines_[i].substr(begin, end - begin);
        text += lines_[i].substr(literal_end, begin - literal_end);
        literal_end = end;
        if (const auto* number = std::get_if<measured_number>(&printed.pieces[index])) {
          line.measured.push_back({begin, end, std::stod(said), *number});
          text += "~";
        } else if (const auto* id = std::get_if<identifier>(&printed.pieces[index])) {
          text += "#" + id->label;
        } else {
          text += said;
          if (printed.lane_by_piece == index) line.lanes = {said};
        }
      }
      result.order += text + lines_[i].substr(literal_end) + "\n";
      result.lines.push_back(std::move(line));
    }
    return result;
  }

  /// Why no line of the transcript can stand for line @p i of the run.
  ///
  /// @param order_is_broken becomes false where a number or an identifier is wrong.
  std::string explain(std::size_t i, bool& order_is_broken) const {
    const state& so_far = levels_.back().front().reached;
    const std::string head =
        fmt::format("line {} of the run\n    {}\n", i + 1, lines_[i]);
    std::optional<std::size_t> printed_before;
    for (std::size_t e = 0; e < allowed_.events.size(); ++e) {
      if (!shape(allowed_.events[e], lines_[i])) continue;
      if (so_far.printed[e]) {
        printed_before = e;
        continue;
      }
      if (const auto missing = order_.missing_before(e, so_far))
        return fmt::format("{}came before\n    {}\n{}", head, show(*missing),
                           show_lanes(so_far, *missing, e));
      std::string why;
      // Of several ways in which the run can be read, one is enough to refuse it by.
      if (!advance(so_far, e, lines_[i], &why)) {
        order_is_broken = false;
        return head + "is refused: " + why;
      }
    }
    if (printed_before) {
      const auto often = std::count_if(
          allowed_.events.begin(), allowed_.events.end(),
          [&](const event& other) { return shape(other, lines_[i]).has_value(); });
      return fmt::format("{}is one too many: the transcript has it {} time(s)", head,
                         often);
    }
    return head + "is not in the transcript";
  }

  std::string show(std::size_t e) const {
    const event& line = allowed_.events[e];
    return fmt::format(
        "{}  (line {} of the source{})", line.written, line.source_line,
        line.margin.empty() ? ", in all lanes" : fmt::format(", lane {}", line.margin));
  }

  /// The lanes in which two lines meet, with what was printed of each.
  std::string show_lanes(const state& so_far, std::size_t one,
                         std::optional<std::size_t> two) const {
    std::string text;
    const auto stands_in = [&](std::size_t e, const std::string& lane) {
      const auto lanes = order_.lanes_of(e, so_far);
      return allowed_.events[e].in_all_lanes ||
             std::find(lanes.begin(), lanes.end(), lane) != lanes.end();
    };
    auto lanes = allowed_.lanes;
    if (lanes.empty()) lanes.push_back("");  // one lane, that of the program
    int shown = 0;
    for (const auto& lane : lanes) {
      if (!stands_in(one, lane) && !(two && stands_in(*two, lane))) continue;
      if (++shown > 2) break;
      text += lane.empty() ? "the transcript, x = printed:\n"
                           : fmt::format("lane {}, x = printed:\n", lane);
      for (std::size_t e = 0; e < allowed_.events.size(); ++e)
        if (lane.empty() || stands_in(e, lane))
          text += fmt::format("  [{}] {}\n", so_far.printed[e] ? 'x' : ' ',
                              allowed_.events[e].written);
    }
    if (!text.empty()) text.pop_back();
    return text;
  }

  partial_order order_;
  const transcript& allowed_;
  const std::vector<std::string>& lines_;
  bounds checked_;
  std::vector<std::vector<step>> levels_;
};

/// By how much a run's numbers exceed their upper bounds, the one that does so the
/// most.
///
/// @return nothing where one does that is no time: no waiting explains it.
std::optional<double> late_by_seconds(const std::vector<placed_line>& lines) {
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

verdict check(const transcript& allowed, const std::vector<std::string>& lines) {
  verdict strict = checker(allowed, lines, bounds::both).run();
  if (strict.accepted) return strict;
  verdict lenient = checker(allowed, lines, bounds::lower).run();
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

std::optional<std::string> count_orders(const transcript& allowed) {
  using boost::multiprecision::cpp_int;
  constexpr std::size_t too_many = 100'000;
  const partial_order order(allowed);

  /// The outputs that a line can make: one for each combination of its sets' words.
  struct output {
    std::string text;
    std::string lane;
  };
  const auto outputs = [](const event& line) {
    std::vector<output> all{{}};
    for (std::size_t i = 0; i < line.pieces.size(); ++i) {
      std::vector<std::string> words{"~"};
      if (const auto* literal = std::get_if<std::string>(&line.pieces[i]))
        words = {*literal};
      else if (const auto* id = std::get_if<identifier>(&line.pieces[i]))
        words = {"#" + id->label};
      else if (const auto* set = std::get_if<choice>(&line.pieces[i]))
        words = set->words;
      std::vector<output> longer;
      for (const auto& [text, lane] : all)
        for (const auto& word : words)
          longer.push_back({text + word, line.lane_by_piece == i ? word : lane});
      all = std::move(longer);
    }
    return all;
  };

  // Outputs are counted, not ways to make them: a step leads from the set of all states
  // that an output so far can mean to that of one more line.
  std::map<std::set<state>, cpp_int> level{
      {{{std::vector<bool>(order.events.size(), false), {}, {}}}, 1}};
  std::size_t states = 0;
  for (std::size_t printed = 0; printed < order.events.size(); ++printed) {
    std::map<std::set<state>, cpp_int> next_level;
    for (const auto& [meanings, ways] : level) {
      std::map<std::string, std::set<state>> next;
      for (const auto& so_far : meanings)
        for_each_next(order, so_far, [&](std::size_t e) {
          for (const auto& [text, lane] : outputs(order.events[e])) {
            const auto lanes =
                lane.empty() ? order.events[e].lanes : std::vector<std::string>{lane};
            if (order.conflict(e, lanes, so_far)) continue;
            state reached = so_far;
            reached.printed[e] = true;
            if (!lane.empty()) reached.chosen_lane[e] = lane;
            next[text].insert(std::move(reached));
          }
        });
      for (auto& [text, reached] : next) {
        next_level[std::move(reached)] += ways;
        if (++states > too_many) return std::nullopt;
      }
    }
    level = std::move(next_level);
  }
  cpp_int all = 0;
  for (const auto& [meanings, ways] : level) all += ways;
  return all.str();
}

}  // namespace recorder
