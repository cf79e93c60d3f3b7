/// @file
/// A measured number: the median of its rounds and their spread, or why there is none.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace measurements {

/// Thrown by what this machine cannot measure. `what()` says why in a reader's words,
/// so that it can stand in the number's place.
class NotMeasured : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Why an error means that the machine, and not the program, is at fault: memory,
/// descriptors, processes or disk space ran out, or the kernel refuses a call.
/// @param error What was thrown.
/// @return The reason in a reader's words; nothing if the error is a bug.
std::optional<std::string> reason_of(const std::exception& error);

/// Whether a program's last words name an error of reason_of()'s kind, as the system or
/// Python words it.
/// @param words What the program wrote to stderr.
bool names_a_limit(const std::string& words);

/// A value between those of a sample, by linear interpolation.
/// @param values In any order; one at least.
/// @param share 0 for the smallest, 0.5 for the median, 1 for the largest.
double quantile(std::vector<double> values, double share);

/// The median of a sample; of an even number of values, the mean of the middle two.
/// @param values In any order; one at least.
double median(std::vector<double> values);

/// What came of measuring one thing in several rounds.
class Figure {
 public:
  /// The spread above which a figure says too little to be kept.
  static constexpr double max_spread = 0.5;

  /// The median and the quartiles of what each round gave. Too noisy, and so not
  /// measured, where three rounds or more spread too far.
  /// @param rounds What each round gave; not measured if there is none.
  /// @param limit The largest distance of the quartiles, as a share of the median.
  static Figure of_rounds(const std::vector<double>& rounds, double limit = max_spread);

  /// A number that was counted, and not measured in rounds.
  static Figure counted(double count);

  /// @param reason Why there is no number, in a reader's words.
  static Figure not_measured(std::string reason);

  /// Whether there is a number. If not, the numbers are 0.
  bool is_measured() const { return reason_.empty(); }

  double value() const { return value_; }  ///< The median.
  double low() const { return low_; }      ///< The lower quartile.
  double high() const { return high_; }    ///< The upper quartile.
  int rounds() const { return rounds_; }   ///< How many; 0 if it was counted.

  /// Why there is no number; empty if there is one.
  const std::string& reason() const { return reason_; }

 private:
  double value_ = 0, low_ = 0, high_ = 0;
  int rounds_ = 0;
  std::string reason_;
};

}  // namespace measurements
