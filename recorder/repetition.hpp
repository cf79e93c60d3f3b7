#pragma once

/// @file
/// How often to run a transcript.

#include "recorder/company.hpp"

namespace recorder {

/// How often to run a transcript.
struct Repetition {
  int runs = 20;          ///< On a terminal, and as many through a pipe.
  int side_by_side = 10;  ///< How many at the same time; 1: each is alone.
  /// After this a run is killed. If its threads waited for cores, it is made again,
  /// alone, with more time.
  double timeout_seconds = 60;

  /// What else may run beside one of the runs.
  Company company() const {
    return side_by_side == 1 ? Company::nobody : Company::others;
  }
};

}  // namespace recorder
