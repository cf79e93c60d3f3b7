#pragma once

/// @file
/// The time that processes are given to end after the program has ended.

#include <sys/types.h>

#include <map>
#include <vector>

namespace recorder {

/// The time that processes are given to end after the program has ended.
///
/// The time that they wait for a core does not count.
class GracePeriod {
 public:
  /// @param now seconds since the program's start, as everywhere here.
  explicit GracePeriod(double now) : begin_(now) {}

  /// Whether one of these processes had its time. To be asked again and again, from the
  /// program's end on.
  bool is_over(const std::vector<pid_t>& processes, double now);

 private:
  struct Look {
    double time;
    double on_a_core;
    double waiting;
  };
  bool had_its_time(pid_t process, double now);

  double begin_;
  std::map<pid_t, Look> seen_;  ///< The first look at each process.
};

}  // namespace recorder
