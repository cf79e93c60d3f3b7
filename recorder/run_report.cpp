#include "recorder/run_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace recorder {

using nlohmann::json;

RunReport report_of(const JudgedRun& judged) {
  const auto& [run, verdict, was_late] = judged;
  RunReport report{.outcome = outcome_of(judged),
                   .order = verdict.order,
                   .reason = explain(judged),
                   .timed_out = run.timed_out,
                   .lines = {},
                   .times = {},
                   .broken = {}};
  if (verdict.accepted) {
    report.times = line_times(run);
    return report;
  }
  for (const auto& line : run.lines) report.lines.push_back(line.text);
  if (verdict.broken_at)
    report.broken = {*verdict.broken_at, since_first(run, *verdict.broken_at),
                     run.waited_seconds};
  return report;
}

std::string describe(bool terminal, const RunReport& report) {
  std::string text = fmt::format(
      "a run {}: {}\nThe run's lines:", terminal ? "on a terminal" : "through a pipe",
      report.reason);
  for (const auto& line : report.lines) text += "\n    " + line;
  return text;
}

std::string serialize(const RunReport& report) {
  json told{{"outcome", report.outcome}, {"order", report.order},
            {"reason", report.reason},   {"timed_out", report.timed_out},
            {"lines", report.lines},     {"times", report.times},
            {"broken", nullptr}};
  if (report.broken)
    told["broken"] = {{"at", report.broken->at},
                      {"time", report.broken->time},
                      {"waited_seconds", report.broken->waited_seconds}};
  return told.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<RunReport> parse_report(const std::string& bytes) {
  const json told = json::parse(bytes, nullptr, false);
  if (told.is_discarded()) return std::nullopt;
  RunReport report{.outcome = told.at("outcome"),
                   .order = told.at("order"),
                   .reason = told.at("reason"),
                   .timed_out = told.at("timed_out"),
                   .lines = told.at("lines"),
                   .times = told.at("times"),
                   .broken = {}};
  if (const json& broken = told.at("broken"); !broken.is_null())
    report.broken = {broken.at("at"), broken.at("time"), broken.at("waited_seconds")};
  return report;
}

}  // namespace recorder
