#include "recorder/recording_json.hpp"

#include <cstddef>
#include <utility>
#include <vector>

#include "recorder/count_orders.hpp"
#include "recorder/run_json.hpp"
#include "recorder/utc_now.hpp"

namespace recorder {

using nlohmann::json;

namespace {

/// The lines of a transcript, and the points between them.
struct Specification {
  json items = json::array();
  std::vector<std::size_t> item_of_event;  ///< By index in Transcript::events.
};

Specification specification_of(const Transcript& allowed) {
  Specification result;
  int section = 0;
  for (const auto& line : allowed.events) {
    for (; section < line.section; ++section)
      result.items.push_back({{"kind", "point"}});
    result.item_of_event.push_back(result.items.size());
    result.items.push_back({{"kind", "line"},
                            {"margin", line.margin},
                            {"lanes", line.in_all_lanes ? json() : json(line.lanes)},
                            {"text", line.written}});
  }
  return result;
}

/// The numbers that a line printed.
json measured_json(const std::vector<Measurement>& numbers) {
  json measured = json::array();
  for (const auto& [begin, end, value, bounds] : numbers)
    measured.push_back({{"begin", begin},
                        {"end", end},
                        {"value", value},
                        {"at_least", bounds.at_least},
                        {"below", bounds.below}});
  return measured;
}

}  // namespace

json recording_json(const BookProgram& program, json transcripts) {
  return {{"schema", 1},
          {"program", program.key},
          {"language", program.language},
          {"source", program.source},
          {"recorded_at", utc_now()},
          {"transcripts", std::move(transcripts)}};
}

json transcript_json(const Transcript& allowed, const JudgedRun& shown,
                     const RepeatedRuns& runs) {
  auto [specification, item_of_event] = specification_of(allowed);
  json run = to_json(shown.run);
  for (std::size_t i = 0; i < shown.verdict.lines.size(); ++i) {
    const auto& placed = shown.verdict.lines[i];
    json& line = run["lines"][i];
    line["event"] = item_of_event[placed.event];
    line["lanes"] = placed.in_all_lanes ? json() : json(placed.lanes);
    line["measured"] = measured_json(placed.measured);
  }
  return {
      {"command", allowed.command.front()},
      {"arguments", std::vector(allowed.command.begin() + 1, allowed.command.end())},
      {"written", allowed.written},
      {"lanes", allowed.lanes},
      {"specification", std::move(specification)},
      {"run", std::move(run)},
      {"runs", runs_json(allowed, runs)}};
}

json runs_json(const Transcript& allowed, const RepeatedRuns& runs) {
  const auto allowed_orders = count_orders(allowed);
  return {{"terminal", runs.terminal},
          {"pipe", runs.pipe},
          {"late", runs.late},
          {"orders_seen", runs.orders_seen},
          {"orders_allowed", allowed_orders ? json(*allowed_orders) : json()}};
}

}  // namespace recorder
