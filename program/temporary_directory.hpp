/// @file
/// @defgroup temporary_directory temporary_directory.hpp
/// @brief A directory for temporary files, wherever there is room for them.
#pragma once

#include <stdlib.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace program {
/// @addtogroup temporary_directory
/// @{

/// Where temporary directories are made, the first choice first: `TMPDIR`, if it is set
/// and not empty; `/tmp`, `/var/tmp`, and the current directory.
///
/// Any thread may call it while none changes the environment.
[[nodiscard]] inline std::vector<std::filesystem::path> temporary_places() {
  std::vector<std::filesystem::path> places{"/tmp", "/var/tmp", "."};
  const char* const given = std::getenv("TMPDIR");
  if (given && *given) places.insert(places.begin(), given);
  return places;
}

/// Makes an empty directory in the first place that exists, can be written to and has
/// room; in the first without room where none has any.
///
/// Any thread may call it while none changes the environment.
///
/// @param prefix How its name begins.
/// @param places Where it may be made, the first choice first.
/// @param wanted_bytes What counts as room, in bytes.
/// @return Its absolute path.
/// @throws std::system_error if it can be made in no place; the reason is that of
///   the one that was tried last.
[[nodiscard]] inline std::filesystem::path make_temporary_directory(
    const std::string& prefix,
    const std::vector<std::filesystem::path>& places = temporary_places(),
    std::uintmax_t wanted_bytes = std::uintmax_t{64} << 20) {
  std::error_code last = std::make_error_code(std::errc::no_such_file_or_directory);
  std::string made;
  const auto make_in = [&](const std::filesystem::path& place) {
    const auto absolute = std::filesystem::absolute(place, last);
    if (last) return false;
    made = absolute.lexically_normal() / (prefix + "XXXXXX");
    if (::mkdtemp(made.data())) return true;
    last.assign(errno, std::generic_category());
    return false;
  };
  std::vector<std::filesystem::path> without_room;
  for (const auto& place : places) {
    std::error_code failed;
    const auto room = std::filesystem::space(place, failed).available;
    if (failed)
      last = failed;
    else if (room < wanted_bytes)
      without_room.push_back(place);
    else if (make_in(place))
      return made;
  }
  for (const auto& place : without_room)
    if (make_in(place)) return made;
  std::string names;
  for (const auto& place : places)
    names += (names.empty() ? "" : ", ") + place.string();
  throw std::system_error(last, "cannot make a temporary directory in any of " + names);
}

/// An empty directory, removed with all that is in it when the object ends. One object
/// is for one thread.
class TemporaryDirectory {
 public:
  /// Makes it as make_temporary_directory() does.
  /// @param prefix How its name begins.
  /// @param places Where it may be made, the first choice first.
  /// @throws std::system_error if it can be made in none of them.
  explicit TemporaryDirectory(
      const std::string& prefix,
      const std::vector<std::filesystem::path>& places = temporary_places())
      : path_(make_temporary_directory(prefix, places)) {}

  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;  // nobody could be told
    std::filesystem::remove_all(path_, ignored);
  }

  /// Its absolute path.
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// @}
}  // namespace program
