#pragma once

/// @file
/// The versions of Python and its packages.

#include <filesystem>
#include <map>
#include <string>

namespace recorder {

/// The versions of Python, and of packages as those it runs find them.
struct PythonVersions {
  std::string python;
  std::map<std::string, std::string> packages;
};

/// Asks a Python for its version and those of the packages that the book names.
///
/// A package that isn't there has the version `not installed`.
///
/// @throws std::runtime_error where it can't be asked.
PythonVersions python_versions(const std::filesystem::path& python);

}  // namespace recorder
