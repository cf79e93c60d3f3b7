/// @file
/// Peers that are measured side by side, in turn, for as long as it takes.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "measurements/figure.hpp"
#include "measurements/form.hpp"

namespace measurements {

/// Seconds of wall time that the action takes.
template <class Action>
double seconds_of(const Action& action) {
  const auto start = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

/// What one run of a peer gave, by the name of the quantity; NaN where the system did
/// not give a number.
using Sample = std::map<std::string, double>;

/// How much time a comparison may take, and how often its peers run at least. A trial
/// runs each of them once.
struct Effort {
  double short_seconds = 2;         ///< For all rounds, in the short form.
  double long_seconds = 20;         ///< For all rounds, in the long form.
  int short_rounds = 3;             ///< At least, in the short form.
  int long_rounds = 5;              ///< At least, in the long form.
  double max_round_seconds = 0.05;  ///< A faster peer runs again in the same round.
  double max_spread = Figure::max_spread;  ///< A figure with more is too noisy.
};

/// Peers that run one after the other, round after round, so that what else the machine
/// does falls on all of them alike.
///
/// Each peer has the same share of the time. In a round it runs again and again until a
/// fifth of its share is used, less where more rounds are wanted, and no more than
/// Effort::max_round_seconds; the round gives the mean of these runs. Of a slower
/// peer, a round is one run. For where the scheduler puts two threads is decided once
/// for a run, and one place can cost a multiple of another: the median of single runs
/// jumps between the two, while the mean of several has both in it. How many there are
/// follows from the time alone, and not from what they gave. So what depends on places
/// is best made anew in each run, and quick.
///
/// Rounds go on until all medians are certain enough, or each peer has used its share.
/// A peer that takes more runs the least number of rounds only. A slow machine gets
/// fewer rounds than that: from ten times the time on, and one minute at least, one
/// round is enough; after five minutes, a peer whose turn has not come is not measured.
/// Both are said.
///
/// A peer that this machine cannot run is not measured, and the others are.
class Comparison {
 public:
  /// What a sample is called that has one quantity.
  static constexpr const char* single = "value";

  Comparison(Form form, const Effort& effort);

  /// Adds a peer that gives several quantities.
  /// @param peer Its name.
  /// @param run Runs once; throws NotMeasured, or an error of reason_of()'s kind, where
  ///   the machine cannot.
  void add(std::string peer, std::function<Sample()> run);

  /// Adds a peer that gives one quantity.
  void add(std::string peer, std::function<double()> run);

  /// Adds a peer that cannot run at all.
  /// @param reason Why, in a reader's words.
  void add_missing(std::string peer, std::string reason);

  /// In the short form, one round of this peer is enough: it takes long, and it is
  /// there for the picture, or for a ratio that is far from 1.
  /// @throws std::logic_error if there is no such peer.
  void once_in_short_form(const std::string& peer);

  /// Runs all rounds.
  /// @throws std::exception what a peer throws that is no limit of the machine's.
  void run();

  /// A peer and one of its quantities.
  struct Source {
    std::string peer;
    std::string quantity = single;
  };

  /// What a peer measured.
  Figure figure(const std::string& peer, const std::string& quantity = single) const;

  /// A peer's quantity as a multiple of another's, from rounds in which both ran.
  Figure ratio(const std::string& peer, const std::string& other,
               const std::string& quantity = single) const;

  /// What follows from several peers, from rounds in which all of them ran.
  /// @param derive Gets what they measured, in the order of the sources.
  Figure derived(const std::vector<Source>& sources,
                 const std::function<double(const std::vector<double>&)>& derive) const;

  /// The names of the peers, in the order in which they were added.
  std::vector<std::string> peers() const;

 private:
  struct Peer {
    std::string name;
    std::function<Sample()> run;
    std::map<int, Sample> rounds;  // by their number
    std::string reason;            // why it does not run, or no more
    double seconds = 0;            // that it took in all
    int min_rounds = 0;
  };

  const Peer& peer(const std::string& name) const;
  double share() const;
  bool is_certain(const Peer& peer) const;
  bool runs_again(const Peer& peer, double elapsed) const;
  void run_once(Peer& peer, int round);

  Form form_;
  double seconds_;
  int min_rounds_;
  double max_round_seconds_;
  double precision_;
  double max_spread_;
  std::vector<Peer> peers_;
};

}  // namespace measurements
