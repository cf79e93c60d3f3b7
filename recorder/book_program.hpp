#pragma once

/// @file
/// A program of the book: its transcripts, and the command that runs it.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "recorder/transcript.hpp"

namespace recorder {

/// A program of the book: where its source is, and how to run it.
struct BookProgram {
  /// @param source   the program's `.cpp`, or its counterpart's `.py`, below @p root.
  /// @param root     the project's root.
  /// @param programs the directory that the executables were built into.
  /// @param python   what runs a counterpart.
  /// @throws TranscriptError where the source has no readable transcript, or one that
  ///         runs another program.
  BookProgram(std::filesystem::path source, const std::filesystem::path& root,
              const std::filesystem::path& programs,
              const std::filesystem::path& python);

  std::string key;       ///< `folder/name`.
  std::string language;  ///< `C++` or `Python`.
  std::string source;    ///< Relative to the root.
  std::vector<Transcript> transcripts;
  /// Variables that it finds in its environment: a counterpart finds the project's root
  /// first in `PYTHONPATH`, for it names modules by their path from there.
  std::map<std::string, std::string> environment;

  /// Makes sure that there is something to run.
  ///
  /// @throws std::runtime_error naming what is missing.
  void require_executable() const;

  /// The command that runs one of the transcripts.
  std::vector<std::string> command(const Transcript& of) const;

 private:
  std::vector<std::string> launch_;  ///< What stands before the arguments.
};

}  // namespace recorder
