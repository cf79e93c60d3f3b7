#pragma once

/// @file
/// The order in which a transcript's lines may be printed.

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "recorder/transcript.hpp"

namespace recorder {

/// How far a run has come: which lines were printed, and what was chosen in them.
struct Progress {
  std::vector<bool> printed;                       ///< By index in Transcript::events.
  std::map<std::size_t, std::string> chosen_lane;  ///< Of events with lane_by_piece.
  std::map<std::string, std::string> identifiers;  ///< Label and the run's own number.
  auto key() const { return std::tie(printed, chosen_lane, identifiers); }
  bool operator<(const Progress& other) const { return key() < other.key(); }
};

/// The order in which a transcript's lines may be printed. Events are named by their
/// index in Transcript::events; the transcript must outlive the object.
class PartialOrder {
 public:
  explicit PartialOrder(const Transcript& allowed);

  /// Nothing printed yet.
  Progress begin() const { return {std::vector<bool>(events.size(), false), {}, {}}; }

  /// The first line that must be printed before @p next and was not.
  std::optional<std::size_t> missing_before(std::size_t next,
                                            const Progress& so_far) const;

  /// The line that forbids @p next to stand in @p lanes: a later one of the same lane
  /// that was printed, or an earlier one that was not.
  std::optional<std::size_t> conflict(std::size_t next,
                                      const std::vector<std::string>& lanes,
                                      const Progress& so_far) const;

  /// The lanes that a line stands in, as far as they have been chosen.
  std::vector<std::string> lanes_of(std::size_t event, const Progress& so_far) const;

  /// The lines that may be printed next; of those that can stand for each other, one.
  std::vector<std::size_t> next(const Progress& so_far) const;

  const std::vector<Event>& events;

 private:
  bool interchangeable(std::size_t one, std::size_t two, const Progress& so_far) const;
  std::optional<std::vector<std::size_t>> rest_of_lane(std::size_t event,
                                                       const Progress& so_far) const;
  bool reads_the_same(std::size_t one, std::size_t two) const;
  bool between_same_points(std::size_t one, std::size_t two) const;

  std::vector<std::vector<std::size_t>> before_;
  std::map<std::string, std::vector<std::size_t>> exclusive_;
  bool has_choices_ = false;
};

}  // namespace recorder
