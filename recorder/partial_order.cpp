#include "recorder/partial_order.hpp"

#include <algorithm>

namespace recorder {
namespace {

bool share_a_lane(const std::vector<std::string>& one,
                  const std::vector<std::string>& two) {
  return std::find_first_of(one.begin(), one.end(), two.begin(), two.end()) !=
         one.end();
}

bool always_before(const Event& earlier, const Event& later) {
  if (earlier.section != later.section || earlier.in_all_lanes || later.in_all_lanes)
    return true;
  return !earlier.lane_by_piece && !later.lane_by_piece &&
         share_a_lane(earlier.lanes, later.lanes);
}

/// Whether a line stands in a lane alone that is known before it is printed.
bool stands_in(const Event& event, const std::string& lane) {
  return !event.in_all_lanes && !event.lane_by_piece &&
         std::find(event.lanes.begin(), event.lanes.end(), lane) != event.lanes.end();
}

}  // namespace

PartialOrder::PartialOrder(const Transcript& allowed)
    : events(allowed.events), before_(events.size()) {
  for (std::size_t later = 0; later < events.size(); ++later) {
    has_choices_ = has_choices_ || events[later].lane_by_piece;
    for (std::size_t earlier = 0; earlier < later; ++earlier)
      if (always_before(events[earlier], events[later]))
        before_[later].push_back(earlier);
  }
  for (const auto& lane : allowed.lanes)
    for (std::size_t i = 0; i < events.size(); ++i)
      if (stands_in(events[i], lane)) exclusive_[lane].push_back(i);
}

std::optional<std::size_t> PartialOrder::missing_before(std::size_t next,
                                                        const Progress& so_far) const {
  for (const std::size_t earlier : before_[next])
    if (!so_far.printed[earlier]) return earlier;
  return std::nullopt;
}

std::optional<std::size_t> PartialOrder::conflict(std::size_t next,
                                                  const std::vector<std::string>& lanes,
                                                  const Progress& so_far) const {
  if (!has_choices_ || events[next].in_all_lanes) return std::nullopt;
  for (std::size_t other = 0; other < events.size(); ++other) {
    if (other == next || events[other].in_all_lanes) continue;
    const bool printed = so_far.printed[other];
    if (printed == (other < next)) continue;
    if (!printed && events[other].lane_by_piece) continue;  // it may take another lane
    if (share_a_lane(lanes, lanes_of(other, so_far))) return other;
  }
  return std::nullopt;
}

std::vector<std::string> PartialOrder::lanes_of(std::size_t event,
                                                const Progress& so_far) const {
  if (const auto chosen = so_far.chosen_lane.find(event);
      chosen != so_far.chosen_lane.end())
    return {chosen->second};
  return events[event].lanes;
}

std::vector<std::size_t> PartialOrder::next(const Progress& so_far) const {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (so_far.printed[i] || missing_before(i, so_far)) continue;
    if (std::none_of(found.begin(), found.end(), [&](std::size_t other) {
          return interchangeable(i, other, so_far);
        }))
      found.push_back(i);
  }
  return found;
}

/// Whether two lines can stand for each other: each in a lane of its own, and what the
/// two lanes have still to print reads the same. Trying one of them is enough.
bool PartialOrder::interchangeable(std::size_t one, std::size_t two,
                                   const Progress& so_far) const {
  if (has_choices_ || events[one].written != events[two].written) return false;
  const auto rest_one = rest_of_lane(one, so_far);
  const auto rest_two = rest_of_lane(two, so_far);
  return rest_one && rest_two &&
         std::equal(rest_one->begin(), rest_one->end(), rest_two->begin(),
                    rest_two->end(),
                    [&](std::size_t a, std::size_t b) { return reads_the_same(a, b); });
}

/// What the lane of a line has still to print; nothing where the line stands in
/// several.
std::optional<std::vector<std::size_t>> PartialOrder::rest_of_lane(
    std::size_t event, const Progress& so_far) const {
  if (events[event].lanes.size() != 1) return std::nullopt;
  const auto lane = exclusive_.find(events[event].lanes.front());
  if (lane == exclusive_.end()) return std::vector{event};  // a `*`: nothing follows
  std::vector<std::size_t> rest;
  for (const std::size_t next : lane->second)
    if (!so_far.printed[next]) rest.push_back(next);
  return rest;
}

bool PartialOrder::reads_the_same(std::size_t one, std::size_t two) const {
  return one == two ||
         (events[one].lanes.size() == 1 && events[two].lanes.size() == 1 &&
          events[one].section == events[two].section &&
          events[one].written == events[two].written && between_same_points(one, two));
}

/// Whether no line that stands in all lanes is between two others.
bool PartialOrder::between_same_points(std::size_t one, std::size_t two) const {
  const auto [first, last] = std::minmax(one, two);
  return std::none_of(events.begin() + static_cast<long>(first),
                      events.begin() + static_cast<long>(last),
                      [](const Event& event) { return event.in_all_lanes; });
}

}  // namespace recorder
