#include "recorder/git_commit.hpp"

#include <fmt/format.h>

#include <system_error>
#include <vector>

#include "recorder/ask.hpp"

namespace recorder {

namespace fs = std::filesystem;

GitCommit git_commit(const fs::path& root) {
  const auto unknown = [](const std::string& why) {
    return GitCommit{std::nullopt, why, std::nullopt};
  };
  // The tree may lie in a repository of other things.
  std::error_code error;
  if (!fs::exists(root / ".git", error))
    return unknown("the source tree is no git repository");
  // It may also be another user's: to ask for its commit is safe, as long as git runs
  // nothing that its configuration names.
  const auto git = [&](std::vector<std::string> question) {
    question.insert(question.begin(),
                    {"git", "--no-optional-locks", "-c", "safe.directory=*", "-c",
                     "core.fsmonitor=false", "-C", fs::absolute(root).string()});
    return ask(question);
  };
  const auto top = git({"rev-parse", "--show-toplevel"});
  if (!top.is_installed) return unknown("git is not installed");
  if (!top.failure.empty())
    return unknown(fmt::format("git does not tell it: {}",
                               top.error.empty() ? top.failure : top.error));
  if (!fs::equivalent(top.output, root, error))
    return unknown("the source tree is no git repository of its own");
  const auto id = git({"rev-parse", "--verify", "--short", "HEAD"});
  if (!id.failure.empty()) return unknown("the repository has no commit yet");
  const auto changes = git({"status", "--porcelain"});
  GitCommit commit{id.output, std::nullopt, std::nullopt};
  if (changes.failure.empty()) commit.is_modified = !changes.output.empty();
  return commit;
}

}  // namespace recorder
