#include "measurements/figure.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <new>
#include <system_error>
#include <utility>

namespace measurements {
namespace {

/// What the kernel answers where something ran out or is not allowed.
constexpr std::array limits{ENOMEM, EAGAIN,     EMFILE,  ENFILE,       ENOSPC,
                            EDQUOT, EFBIG,      EROFS,   EACCES,       EPERM,
                            ENOSYS, EOPNOTSUPP, ENOBUFS, EAFNOSUPPORT, EADDRNOTAVAIL};

}  // namespace

std::optional<std::string> reason_of(const std::exception& error) {
  if (dynamic_cast<const NotMeasured*>(&error)) return error.what();
  if (dynamic_cast<const std::bad_alloc*>(&error)) return "there was too little memory";
  const auto* refused = dynamic_cast<const std::system_error*>(&error);
  if (refused &&
      std::find(limits.begin(), limits.end(), refused->code().value()) != limits.end())
    return fmt::format("the system refused it ({})", error.what());
  return {};
}

bool names_a_limit(const std::string& words) {
  // Python's names are those of its exceptions; the system's words are looked up as the
  // program looked them up.
  for (const char* name : {"MemoryError", "std::bad_alloc"})
    if (words.find(name) != std::string::npos) return true;
  return std::any_of(limits.begin(), limits.end(), [&](int limit) {
    return words.find(std::generic_category().message(limit)) != std::string::npos;
  });
}

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] +
         (place - static_cast<double>(below)) * (values[above] - values[below]);
}

double median(std::vector<double> values) {
  return quantile(std::move(values), 0.5);
}

Figure Figure::of_rounds(const std::vector<double>& rounds, double limit) {
  if (rounds.empty()) return not_measured("no round of it was run");
  if (!std::all_of(rounds.begin(), rounds.end(),
                   [](double value) { return std::isfinite(value); }))
    return not_measured("the system gave no number for it");
  Figure figure;
  figure.value_ = median(rounds);
  figure.low_ = quantile(rounds, 0.25);
  figure.high_ = quantile(rounds, 0.75);
  figure.rounds_ = static_cast<int>(rounds.size());
  const double distance = figure.high_ - figure.low_;
  if (rounds.size() >= 3 && distance > limit * std::abs(figure.value_))
    return not_measured(
        fmt::format("too noisy: the middle half of {} rounds spread over {:.1f} of "
                    "their median, more than {:.1f}",
                    rounds.size(), distance / std::abs(figure.value_), limit));
  return figure;
}

Figure Figure::counted(double count) {
  Figure figure;
  figure.value_ = figure.low_ = figure.high_ = count;
  return figure;
}

Figure Figure::not_measured(std::string reason) {
  Figure figure;
  figure.reason_ = std::move(reason);
  return figure;
}

}  // namespace measurements
