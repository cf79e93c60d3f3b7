#include "recorder/advance.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <variant>
#include <vector>

#include "recorder/match_line.hpp"

namespace recorder {
namespace {

/// Why a number is not within its bounds; empty where it is.
std::string error_of_number(const MeasuredNumber& number, const std::string& text,
                            Bounds bounds) {
  const double value = std::stod(text);
  if (value < number.at_least)
    return fmt::format(
        "its number {} is too small: the transcript allows no less than {:.{}f}", text,
        number.at_least, number.decimals);
  if (bounds == Bounds::both && value >= number.below)
    return fmt::format(
        "its number {} is too large: the transcript allows less than {:.{}f}", text,
        number.below, number.decimals);
  return {};
}

/// Why an identifier can't be the one with this label; empty where it can.
std::string error_of_identifier(const Progress& so_far, const std::string& wanted,
                                const std::string& text) {
  for (const auto& [label, value] : so_far.identifiers)
    if ((label == wanted) != (value == text))
      return fmt::format("its identifier {} is foreign: in this run #{} is {}", text,
                         label, value);
  return {};
}

}  // namespace

std::string show(const Event& event) {
  return fmt::format(
      "{}  (line {} of the source{})", event.written, event.source_line,
      event.margin.empty() ? ", in all lanes" : fmt::format(", lane {}", event.margin));
}

std::optional<Progress> advance(const PartialOrder& order, const Progress& so_far,
                                std::size_t event, const std::string& line,
                                Bounds bounds, std::string* why) {
  const Event& next = order.events[event];
  const auto found = match_line(next, line);
  if (!found) return std::nullopt;
  Progress reached = so_far;
  auto lanes = next.lanes;
  std::string error;
  for (const auto& [index, begin, end] : *found) {
    const std::string text = line.substr(begin, end - begin);
    if (const auto* number = std::get_if<MeasuredNumber>(&next.pieces[index])) {
      error = error_of_number(*number, text, bounds);
    } else if (const auto* id = std::get_if<Identifier>(&next.pieces[index])) {
      error = error_of_identifier(reached, id->label, text);
      reached.identifiers[id->label] = text;
    } else if (next.lane_by_piece == index) {
      lanes = {text};
      reached.chosen_lane[event] = text;
    }
    if (!error.empty()) break;
  }
  if (error.empty())
    if (const auto other = order.conflict(event, lanes, so_far))
      error = fmt::format(
          "it stands in lane {}, and this line, which is {} in that lane, was {}\n    "
          "{}",
          fmt::join(lanes, ", "), *other < event ? "earlier" : "later",
          *other < event ? "not printed yet" : "printed already",
          show(order.events[*other]));
  if (!error.empty()) {
    if (why) *why = error;
    return std::nullopt;
  }
  reached.printed[event] = true;
  return reached;
}

}  // namespace recorder
