/// @file
/// What else kept the machine busy while something was measured.
#pragma once

namespace measurements {

/// How other programs used the cores since it was made.
class OtherPrograms {
 public:
  /// The share of all cores' time, 0 to 1; -1 if the kernel does not say.
  /// @throws std::system_error if this process's own time cannot be read.
  double share() const;

 private:
  struct Times {
    double all = 0, busy = 0;  // of the machine, in seconds
    double own = 0;            // of this process and the children that have ended

    Times();
  };

  Times start_;
};

}  // namespace measurements
