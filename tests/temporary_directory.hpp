#pragma once

/// @file
/// A directory of a test's own.

#include <filesystem>

#include "recorder/scratch_directory.hpp"

/// An empty directory, removed with all that is in it.
class temporary_directory {
  recorder::scratch_directory directory_{"book-test-"};

 public:
  std::filesystem::path path = directory_.path();
};
