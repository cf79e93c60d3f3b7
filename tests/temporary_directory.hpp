#pragma once

/// @file
/// A directory of a test's own.

#include <filesystem>

#include "program/temporary_directory.hpp"

/// An empty directory, removed with all that is in it.
class TestDirectory {
  program::TemporaryDirectory directory_{"book-test-"};

 public:
  std::filesystem::path path = directory_.path();
};
