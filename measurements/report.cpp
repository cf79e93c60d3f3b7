#include "measurements/report.hpp"

#include <fmt/chrono.h>
#include <fmt/core.h>

#include <array>
#include <cmath>
#include <ctime>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

namespace measurements {
namespace {

using Json = nlohmann::ordered_json;

constexpr int schema = 2;  // of the JSON file

/// A number with the unit that the end of its name stands for.
std::string with_unit(std::string_view name, double value) {
  struct Unit {
    std::string_view ending;
    std::vector<std::pair<double, const char*>> units;  // the largest first
  };
  static const std::array units{
      Unit{"_bytes_per_second",
           {{1e9, "GB/s"}, {1e6, "MB/s"}, {1e3, "kB/s"}, {0, "B/s"}}},
      Unit{"_per_second", {{0, "/s"}}},
      Unit{"_seconds", {{1, "s"}, {1e-3, "ms"}, {1e-6, "us"}, {0, "ns"}}},
      Unit{"_bytes", {{1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}, {0, "B"}}},
      Unit{"_ratio", {{0, "x"}}},
  };
  for (const auto& [ending, sizes] : units) {
    if (!name.ends_with(ending)) continue;
    for (const auto& [size, unit] : sizes)
      if (std::abs(value) >= size)
        return fmt::format("{:.4g} {}",
                           size > 0               ? value / size
                           : ending == "_seconds" ? value * 1e9
                                                  : value,
                           unit);
  }
  return fmt::format("{:.6g}", value);
}

std::string words_of(std::string_view name, const Fact& fact) {
  if (const auto* text = std::get_if<std::string>(&fact)) return *text;
  if (const auto* count = std::get_if<std::int64_t>(&fact))
    return fmt::format("{}", *count);
  return with_unit(name, std::get<double>(fact));
}

std::string words_of(std::string_view name, const Figure& figure) {
  if (!figure.is_measured()) return "not measured: " + figure.reason();
  if (figure.rounds() == 0) return with_unit(name, figure.value());
  if (figure.rounds() == 1) return with_unit(name, figure.value()) + " (1 round)";
  return fmt::format("{} ({} to {}, {} rounds)", with_unit(name, figure.value()),
                     with_unit(name, figure.low()), with_unit(name, figure.high()),
                     figure.rounds());
}

Json json_of(const Fact& fact) {
  return std::visit([](const auto& value) { return Json(value); }, fact);
}

Json json_of(const Figure& figure) {
  if (!figure.is_measured()) return {{"not_measured", figure.reason()}};
  if (figure.rounds() == 0) return {{"value", std::llround(figure.value())}};
  return {{"value", figure.value()},
          {"low", figure.low()},
          {"high", figure.high()},
          {"rounds", figure.rounds()}};
}

}  // namespace

struct Report::Content {
  Json figures = Json::object();
  Json tables = Json::object();

  void check_new(const std::string& name) const {
    if (figures.contains(name))
      throw std::logic_error(fmt::format("{} is measured twice", name));
  }
};

Report::Report() : content_(std::make_unique<Content>()) {}

Report::~Report() = default;

void Report::heading(std::string_view words) {
  fmt::print("{}\n", words);
}

void Report::add(const std::string& name, const Figure& figure) {
  content_->check_new(name);
  content_->figures[name] = json_of(figure);
  fmt::print("  {:<44} {}\n", name, words_of(name, figure));
}

void Report::add_fact(const std::string& name, const Fact& fact) {
  content_->check_new(name);
  content_->figures[name] = {{"value", json_of(fact)}};
  fmt::print("  {:<44} {}\n", name, words_of(name, fact));
}

void Report::add_row(const std::string& table, const Labels& labels,
                     const Figures& figures) {
  Json row = Json::object();
  std::string line;
  for (const auto& [name, label] : labels) {
    row[name] = json_of(label);
    if (!line.empty()) line += ", ";
    line += std::holds_alternative<std::string>(label)
                ? words_of(name, label)
                : fmt::format("{} {}", name, words_of(name, label));
  }
  line = fmt::format("  {:<44}", line);
  for (const auto& [name, figure] : figures) {
    row[name] = json_of(figure);
    line += fmt::format(" {} {};", name, words_of(name, figure));
  }
  line.pop_back();
  content_->tables[table].push_back(std::move(row));
  fmt::print("{}\n", line);
}

void Report::attempt(const std::vector<std::string>& figures,
                     const std::function<void()>& action) {
  try {
    action();
  } catch (const std::exception& error) {
    const std::optional<std::string> reason = reason_of(error);
    if (!reason) throw;
    for (const std::string& name : figures)
      if (!content_->figures.contains(name)) add(name, Figure::not_measured(*reason));
  }
}

std::string Report::json(std::string_view measurement, Form form,
                         double busy_share) const {
  return Json{{"schema", schema},
              {"measurement", measurement},
              {"form", name_of(form)},
              {"recorded_at",
               fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))},
              {"busy_share", busy_share < 0 ? Json() : Json(busy_share)},
              {"figures", content_->figures},
              {"tables", content_->tables}}
      .dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace measurements
