#pragma once

/// @file
/// Reads the transcripts of a program from its docstring.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "recorder/transcript.hpp"

namespace recorder {

/// Reads the transcripts of a docstring.
///
/// @param docstring  the text; each transcript begins with an indented `$ command`.
/// @param file       the name that errors begin with.
/// @param first_line the line of @p file at which @p docstring begins.
/// @throws TranscriptError where a line breaks the notation.
std::vector<Transcript> parse_transcripts(std::string_view docstring,
                                          const std::string& file, int first_line = 1);

/// Reads the transcripts of a C++ source file: those in its first block comment.
///
/// A Python counterpart has none of its own: for `x.py`, those of `x.cpp` are read.
///
/// @throws TranscriptError where there is no such file, comment or transcript.
std::vector<Transcript> read_transcripts(const std::filesystem::path& source);

}  // namespace recorder
