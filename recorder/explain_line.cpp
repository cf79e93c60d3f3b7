#include "recorder/explain_line.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "recorder/match_line.hpp"

namespace recorder {
namespace {

/// The lanes in which two lines meet, with what was printed of each.
std::string show_lanes(const Transcript& allowed, const PartialOrder& order,
                       const Progress& so_far, std::size_t one,
                       std::optional<std::size_t> two) {
  constexpr int max_lanes = 2;
  const auto stands_in = [&](std::size_t event, const std::string& lane) {
    const auto lanes = order.lanes_of(event, so_far);
    return order.events[event].in_all_lanes ||
           std::find(lanes.begin(), lanes.end(), lane) != lanes.end();
  };
  auto lanes = allowed.lanes;
  if (lanes.empty()) lanes.push_back("");  // one lane, that of the program
  std::string text;
  int shown = 0;
  for (const auto& lane : lanes) {
    if (!stands_in(one, lane) && !(two && stands_in(*two, lane))) continue;
    if (++shown > max_lanes) break;
    text += lane.empty() ? "the transcript, x = printed:\n"
                         : fmt::format("lane {}, x = printed:\n", lane);
    for (std::size_t i = 0; i < order.events.size(); ++i)
      if (lane.empty() || stands_in(i, lane))
        text += fmt::format("  [{}] {}\n", so_far.printed[i] ? 'x' : ' ',
                            order.events[i].written);
  }
  if (!text.empty()) text.pop_back();
  return text;
}

}  // namespace

LineError explain_line(const Transcript& allowed, const PartialOrder& order,
                       const Progress& so_far, const std::vector<std::string>& lines,
                       std::size_t line, Bounds bounds) {
  const std::string& text = lines[line];
  const std::string head = fmt::format("line {} of the run\n    {}\n", line + 1, text);
  bool was_printed = false;
  for (std::size_t i = 0; i < order.events.size(); ++i) {
    if (!match_line(order.events[i], text)) continue;
    if (so_far.printed[i]) {
      was_printed = true;
      continue;
    }
    if (const auto missing = order.missing_before(i, so_far))
      return {fmt::format("{}came before\n    {}\n{}", head,
                          show(order.events[*missing]),
                          show_lanes(allowed, order, so_far, *missing, i))};
    // Of several ways in which the run can be read, one is enough to refuse it by.
    if (std::string why; !advance(order, so_far, i, text, bounds, &why))
      return {head + "is refused: " + why, false};
  }
  if (!was_printed) return {head + "is not in the transcript"};
  const auto count = std::count_if(
      order.events.begin(), order.events.end(),
      [&](const Event& event) { return match_line(event, text).has_value(); });
  return {
      fmt::format("{}is one too many: the transcript has it {} time(s)", head, count)};
}

std::string explain_end(const Transcript& allowed, const PartialOrder& order,
                        const Progress& so_far, std::size_t lines,
                        std::size_t missing) {
  return fmt::format("the run ended after {} line(s) without\n    {}\n{}", lines,
                     show(order.events[missing]),
                     show_lanes(allowed, order, so_far, missing, std::nullopt));
}

}  // namespace recorder
