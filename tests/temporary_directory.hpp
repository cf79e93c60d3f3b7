#pragma once

/// @file
/// A directory of a test's own.

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

/// An empty directory, removed with all that is in it. It is where TMPDIR says; if that
/// is no place for it, where Python's tests have theirs then.
class temporary_directory {
 public:
  temporary_directory() {
    std::error_code no_tmpdir;
    for (const std::filesystem::path& place :
         {std::filesystem::temp_directory_path(no_tmpdir),
          std::filesystem::path("/tmp"), std::filesystem::path("/var/tmp"),
          std::filesystem::current_path()}) {
      std::string name = place / "book-test-XXXXXX";
      if (!place.empty() && ::mkdtemp(name.data())) {
        path = name;
        return;
      }
    }
    throw std::system_error(errno, std::generic_category(),
                            "cannot make a temporary directory");
  }
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;
  ~temporary_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }

  std::filesystem::path path;
};
