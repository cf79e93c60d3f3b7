#pragma once

/// @file
/// A directory for temporary files, wherever there is room for them.

#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace recorder {

/// An empty directory, removed with all that is in it.
///
/// It is made in the first of `TMPDIR`, `/tmp`, `/var/tmp` and the current directory
/// that exists, can be written to and has room; in the first without room where none
/// has any. One object is for one thread.
class scratch_directory {
 public:
  /// @param prefix how its name begins.
  /// @throws std::runtime_error where it can be made nowhere.
  explicit scratch_directory(const std::string& prefix) {
    constexpr std::uintmax_t enough_bytes = 64 << 20;
    std::vector<std::string> places{"/tmp", "/var/tmp", "."};
    const char* const given = std::getenv("TMPDIR");
    if (given && *given) places.insert(places.begin(), given);
    std::string without_room;
    for (const auto& place : places) {
      std::error_code failed;
      const auto room = std::filesystem::space(place, failed).available;
      if (failed) continue;
      if (room >= enough_bytes) {
        if (make(place, prefix)) return;
      } else if (without_room.empty()) {
        without_room = place;
      }
    }
    if (!without_room.empty() && make(without_room, prefix)) return;
    throw std::runtime_error(
        "can't make a temporary directory in TMPDIR, /tmp, /var/tmp or here");
  }
  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;
  ~scratch_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }

 private:
  /// Whether it could be made there.
  bool make(const std::string& place, const std::string& prefix) {
    std::error_code failed;
    const auto absolute = std::filesystem::absolute(place, failed);
    if (failed) return false;
    path_ = absolute / (prefix + "XXXXXX");
    return ::mkdtemp(path_.data()) != nullptr;
  }

  std::string path_;
};

}  // namespace recorder
