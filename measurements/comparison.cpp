#include "measurements/comparison.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace measurements {
namespace {

// What chance makes of fewer rounds looks more certain than it is.
constexpr int rounds_to_be_certain = 5;

// Bounds for a machine that is very slow, in seconds.
constexpr double min_timeout_seconds = 60;
constexpr double max_timeout_seconds = 300;

/// The mean of each quantity.
Sample mean(const std::vector<Sample>& samples) {
  Sample mean;
  for (const Sample& sample : samples)
    for (const auto& [quantity, value] : sample) mean[quantity] += value;
  for (auto& [quantity, sum] : mean) sum /= static_cast<double>(samples.size());
  return mean;
}

}  // namespace

Comparison::Comparison(Form form, const Effort& effort)
    : form_(form),
      seconds_(by_form(form, 0.0, effort.short_seconds, effort.long_seconds)),
      min_rounds_(by_form(form, 1, effort.short_rounds, effort.long_rounds)),
      max_round_seconds_(effort.max_round_seconds),
      precision_(by_form(form, 1.0, 0.01, 0.003)),
      max_spread_(effort.max_spread) {}

void Comparison::add(std::string peer, std::function<Sample()> run) {
  peers_.push_back({std::move(peer), std::move(run), {}, {}, 0, min_rounds_});
}

void Comparison::add(std::string peer, std::function<double()> run) {
  add(std::move(peer), [run = std::move(run)] { return Sample{{single, run()}}; });
}

void Comparison::add_missing(std::string peer, std::string reason) {
  peers_.push_back({std::move(peer), {}, {}, std::move(reason), 0, min_rounds_});
}

void Comparison::once_in_short_form(const std::string& peer) {
  const auto place = std::find_if(peers_.begin(), peers_.end(),
                                  [&](const Peer& one) { return one.name == peer; });
  if (place == peers_.end())
    throw std::logic_error(fmt::format("there is no peer {}", peer));
  if (form_ == Form::short_form) place->min_rounds = 1;
}

bool Comparison::is_certain(const Peer& peer) const {
  if (static_cast<int>(peer.rounds.size()) < rounds_to_be_certain) return false;
  for (const auto& [quantity, first] : peer.rounds.begin()->second) {
    std::vector<double> values;
    for (const auto& [round, sample] : peer.rounds)
      values.push_back(sample.at(quantity));
    const double distance = quantile(values, 0.75) - quantile(values, 0.25);
    const auto count = static_cast<double>(values.size());
    if (distance / std::sqrt(count) > precision_ * std::abs(median(values)))
      return false;
  }
  return true;
}

double Comparison::share() const {
  return seconds_ / static_cast<double>(peers_.size());
}

bool Comparison::runs_again(const Peer& peer, double elapsed) const {
  if (!peer.reason.empty()) return false;
  if (peer.rounds.empty()) return true;
  if (static_cast<int>(peer.rounds.size()) < peer.min_rounds)
    return elapsed < std::max(min_timeout_seconds, 10 * seconds_);
  return peer.seconds < share();
}

void Comparison::run_once(Peer& peer, int round) {
  const double enough = std::min(
      share() / std::max(peer.min_rounds, rounds_to_be_certain), max_round_seconds_);
  try {
    std::vector<Sample> samples;
    double seconds = 0;
    do seconds += seconds_of([&] { samples.push_back(peer.run()); });
    while (seconds < enough);
    peer.seconds += seconds;
    peer.rounds.emplace(round, mean(samples));
  } catch (const std::exception& error) {
    const std::optional<std::string> reason = reason_of(error);
    if (!reason) throw;
    peer.reason = *reason;
  }
}

void Comparison::run() {
  const auto start = std::chrono::steady_clock::now();
  const auto elapsed = [start] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
        .count();
  };
  for (int round = 0;; ++round) {
    bool goes_on = false;
    for (Peer& peer : peers_) {
      if (!runs_again(peer, elapsed())) continue;
      if (elapsed() > max_timeout_seconds) {
        peer.reason = fmt::format(
            "its turn had not come after {:.0f} s: this machine was too slow",
            max_timeout_seconds);
        continue;
      }
      run_once(peer, round);
      // Where one is certain, it still runs beside those that are not.
      goes_on = goes_on || (runs_again(peer, elapsed()) && !is_certain(peer));
    }
    if (!goes_on) break;
  }
  for (const Peer& peer : peers_)
    if (peer.reason.empty() && static_cast<int>(peer.rounds.size()) < peer.min_rounds)
      fmt::print("  {}: {} round(s) in place of {}, which took {:.0f} s\n", peer.name,
                 peer.rounds.size(), peer.min_rounds, peer.seconds);
}

const Comparison::Peer& Comparison::peer(const std::string& name) const {
  const auto place = std::find_if(peers_.begin(), peers_.end(),
                                  [&](const Peer& one) { return one.name == name; });
  if (place == peers_.end())
    throw std::logic_error(fmt::format("there is no peer {}", name));
  return *place;
}

Figure Comparison::figure(const std::string& peer, const std::string& quantity) const {
  return derived({{peer, quantity}},
                 [](const std::vector<double>& values) { return values[0]; });
}

Figure Comparison::ratio(const std::string& peer, const std::string& other,
                         const std::string& quantity) const {
  return derived(
      {{peer, quantity}, {other, quantity}},
      [](const std::vector<double>& values) { return values[0] / values[1]; });
}

Figure Comparison::derived(
    const std::vector<Source>& sources,
    const std::function<double(const std::vector<double>&)>& derive) const {
  for (const Source& source : sources)
    if (const Peer& one = peer(source.peer); one.rounds.empty())
      return Figure::not_measured(one.reason.empty() ? "no round of it was run"
                                                     : one.reason);
  std::vector<double> derived;
  for (const auto& [round, first] : peer(sources[0].peer).rounds) {
    std::vector<double> values;
    for (const Source& source : sources)
      if (const auto& rounds = peer(source.peer).rounds; rounds.contains(round))
        values.push_back(rounds.at(round).at(source.quantity));
    if (values.size() == sources.size()) derived.push_back(derive(values));
  }
  return Figure::of_rounds(derived, max_spread_);
}

std::vector<std::string> Comparison::peers() const {
  std::vector<std::string> names;
  for (const Peer& peer : peers_) names.push_back(peer.name);
  return names;
}

}  // namespace measurements
