#pragma once

/// @file
/// Facts about the machine that the book states beside its measurements.

#include <filesystem>
#include <nlohmann/json.hpp>

namespace recorder {

/// The machine, the compiler with its flags, the libraries, and the commit.
///
/// A commit that isn't known is null, and `commit_note` says why. A Python package that
/// isn't there has the version `not installed`.
///
/// @param root   the project's root, for the commit: that of a repository that the root
///               merely lies in isn't asked for.
/// @param python the Python that runs the counterparts.
/// @throws std::runtime_error where Python can't be asked.
nlohmann::json describe_machine(const std::filesystem::path& root,
                                const std::filesystem::path& python);

}  // namespace recorder
