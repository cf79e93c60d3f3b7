#pragma once

/// @file
/// A machine's `/proc` and `/sys`, made up for a test.

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "tests/temporary_directory.hpp"

/// A machine's `/proc` and `/sys`: files by path.
class FakeMachine : public TestDirectory {
 public:
  explicit FakeMachine(const std::map<std::string, std::string>& files) {
    for (const auto& [name, content] : files) {
      std::filesystem::create_directories((path / name).parent_path());
      std::ofstream(path / name) << content << '\n';
    }
  }
};
