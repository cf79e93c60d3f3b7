#pragma once

/// @file
/// A directory of a test's own.

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

/// An empty directory, removed with all that is in it.
class temporary_directory {
 public:
  temporary_directory() {
    std::string name = std::filesystem::temp_directory_path() / "book-test-XXXXXX";
    if (!::mkdtemp(name.data()))
      throw std::system_error(errno, std::generic_category(), "cannot make " + name);
    path = name;
  }
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;
  ~temporary_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }

  std::filesystem::path path;
};
