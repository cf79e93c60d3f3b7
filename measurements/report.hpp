/// @file
/// What was measured: printed for people, and written as JSON for the book.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "measurements/figure.hpp"
#include "measurements/form.hpp"

namespace measurements {

/// What is known without rounds: a version, a count, a size that was chosen.
using Fact = std::variant<std::string, std::int64_t, double>;

/// What a measurement has found. Everything is printed as it comes; numbers in the unit
/// with which their name ends (`_seconds`, `_bytes`, `_per_second`,
/// `_bytes_per_second`, `_ratio`; without one it is a count).
///
/// For one thread.
class Report {
 public:
  /// A row's labels, such as `style`, by the name of their column.
  using Labels = std::vector<std::pair<std::string, Fact>>;
  /// A row's numbers, by the name of their column.
  using Figures = std::vector<std::pair<std::string, Figure>>;

  Report();
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;
  ~Report();

  /// Prints what comes next.
  void heading(std::string_view words);

  /// Adds a figure.
  /// @throws std::logic_error if there is one of that name.
  void add(const std::string& name, const Figure& figure);

  /// Adds a fact.
  /// @throws std::logic_error if there is one of that name.
  void add_fact(const std::string& name, const Fact& fact);

  /// Adds a row to a table.
  void add_row(const std::string& table, const Labels& labels, const Figures& figures);

  /// Does what may be impossible on this machine, and lets the measurement go on where
  /// it is: figures that have not been added by then are not measured.
  /// @param figures Their names.
  /// @param action Adds them.
  /// @throws std::exception what the action throws that is no limit of the machine's.
  void attempt(const std::vector<std::string>& figures,
               const std::function<void()>& action);

  /// The report as the book reads it.
  /// @param measurement The name of the measurement.
  /// @param form How thoroughly it was made.
  /// @param busy_share The share of all cores' time that other programs took meanwhile,
  ///   0 to 1; unknown if negative.
  std::string json(std::string_view measurement, Form form, double busy_share) const;

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

}  // namespace measurements
