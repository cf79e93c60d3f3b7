#include "recorder/count_orders.hpp"

#include <boost/multiprecision/cpp_int.hpp>
#include <cstddef>
#include <map>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "recorder/partial_order.hpp"

namespace recorder {
namespace {

using boost::multiprecision::cpp_int;

/// What a line can print, numbers aside.
struct Output {
  std::string text;
  std::string lane;  ///< The one that it chose; empty where it chooses none.
};

/// The words that one piece of a line can print.
std::vector<std::string> words_of(const Piece& piece) {
  if (const auto* literal = std::get_if<std::string>(&piece)) return {*literal};
  if (const auto* id = std::get_if<Identifier>(&piece)) return {"#" + id->label};
  if (const auto* set = std::get_if<Choice>(&piece)) return set->words;
  return {"~"};
}

/// What a line can print: one text for each combination of its sets' words.
std::vector<Output> outputs_of(const Event& line) {
  std::vector<Output> all{{}};
  for (std::size_t i = 0; i < line.pieces.size(); ++i) {
    std::vector<Output> longer;
    for (const auto& [text, lane] : all)
      for (const auto& word : words_of(line.pieces[i]))
        longer.push_back({text + word, line.lane_by_piece == i ? word : lane});
    all = std::move(longer);
  }
  return all;
}

/// All that one output so far can mean.
using Meanings = std::set<Progress>;

/// The outputs that are one line longer, each with what it can mean.
std::map<std::string, Meanings> longer_by_a_line(const PartialOrder& order,
                                                 const Meanings& meanings) {
  std::map<std::string, Meanings> next;
  for (const auto& so_far : meanings)
    for (const std::size_t event : order.next(so_far))
      for (const auto& [text, lane] : outputs_of(order.events[event])) {
        const auto lanes =
            lane.empty() ? order.events[event].lanes : std::vector<std::string>{lane};
        if (order.conflict(event, lanes, so_far)) continue;
        Progress reached = so_far;
        reached.printed[event] = true;
        if (!lane.empty()) reached.chosen_lane[event] = lane;
        next[text].insert(std::move(reached));
      }
  return next;
}

}  // namespace

std::optional<std::string> count_orders(const Transcript& allowed) {
  constexpr std::size_t max_states = 100'000;
  const PartialOrder order(allowed);
  // Outputs are counted, not ways to make them: a step leads from all that an output so
  // far can mean to all that it can mean with one more line.
  std::map<Meanings, cpp_int> level;
  level[{order.begin()}] = 1;
  std::size_t states = 0;
  for (std::size_t printed = 0; printed < order.events.size(); ++printed) {
    std::map<Meanings, cpp_int> next_level;
    for (const auto& [meanings, ways] : level)
      for (auto& [text, reached] : longer_by_a_line(order, meanings)) {
        next_level[std::move(reached)] += ways;
        if (++states > max_states) return std::nullopt;
      }
    level = std::move(next_level);
  }
  cpp_int all = 0;
  for (const auto& [meanings, ways] : level) all += ways;
  return all.str();
}

}  // namespace recorder
