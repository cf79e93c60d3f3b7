#include "recorder/book_program.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "recorder/read_transcripts.hpp"

namespace recorder {

namespace fs = std::filesystem;

BookProgram::BookProgram(fs::path source_path, const fs::path& root,
                         const fs::path& programs, const fs::path& python) {
  source_path = fs::absolute(source_path).lexically_normal();
  const auto absolute_root = fs::absolute(root).lexically_normal();
  const auto relative = source_path.lexically_relative(absolute_root);
  source = relative.generic_string();
  key = fs::path(relative).replace_extension().generic_string();
  const bool is_python = source_path.extension() == ".py";
  language = is_python ? "Python" : "C++";
  if (is_python) {
    launch_ = {fs::absolute(python).string(), source_path.string()};
    environment = {{"PYTHONPATH", absolute_root.string()}};
  } else {
    launch_ = {fs::absolute(programs / key).string()};
  }
  transcripts = read_transcripts(source_path);
  for (const auto& allowed : transcripts)
    if (allowed.command.front() != key)
      throw TranscriptError(
          fmt::format("{}:{}: the transcript runs `{}`, but this program is `{}`",
                      source, allowed.source_line, allowed.command.front(), key));
}

void BookProgram::require_executable() const {
  for (const auto& needed : launch_)
    if (!fs::exists(needed))
      throw std::runtime_error(needed + " does not exist: build it first");
}

std::vector<std::string> BookProgram::command(const Transcript& of) const {
  auto all = launch_;
  all.insert(all.end(), of.command.begin() + 1, of.command.end());
  return all;
}

}  // namespace recorder
