#pragma once

/// @file
/// The commit of a source tree.

#include <filesystem>
#include <optional>
#include <string>

namespace recorder {

/// What is known of the commit of a source tree.
struct GitCommit {
  std::optional<std::string> id;
  std::optional<std::string> note;  ///< Why it isn't known.
  std::optional<bool> is_modified;  ///< Whether files differ from it; nothing where
                                    ///< that isn't known.
};

/// Asks git for the commit of a source tree: that of a repository that the tree merely
/// lies in isn't asked for. Nothing is run or written in the repository.
///
/// @throws std::system_error where there are no descriptors or processes to be had.
GitCommit git_commit(const std::filesystem::path& root);

}  // namespace recorder
