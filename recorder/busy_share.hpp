#pragma once

/// @file
/// What other programs use of the cores while something is measured.

#include <optional>

namespace recorder {

/// Sees what other programs use of the cores from its beginning on.
class BusyShare {
 public:
  /// The share of all cores' time that other programs than this one and its children
  /// that have ended used since the beginning; nothing where the kernel does not tell.
  std::optional<double> of_others() const;

 private:
  /// In seconds; on all cores together but for the time.
  struct Look {
    double time, busy, own;
  };
  static Look look();

  Look begin_ = look();
};

/// The seconds that processes have been on a core.
///
/// @param whose RUSAGE_SELF, or RUSAGE_CHILDREN for those that have ended.
/// @throws std::system_error where the kernel does not tell.
double cpu_seconds(int whose);

}  // namespace recorder
