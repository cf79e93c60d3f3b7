#pragma once

/// @file
/// The time at which something was recorded.

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <string>

namespace recorder {

/// The time in UTC, as in 2026-11-22T10:20:30Z.
inline std::string utc_now() {
  return fmt::format("{:%FT%TZ}", fmt::gmtime(std::time(nullptr)));
}

}  // namespace recorder
