#pragma once

/// @file
/// What a test's own process writes to standard output.

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

/// Runs @p action, and returns what was written to standard output meanwhile: the bytes
/// that came out of the descriptor, whoever wrote them.
template <typename Action>
std::string captured_output(const Action& action) {
  std::fflush(stdout);
  std::FILE* file = std::tmpfile();
  if (!file) throw std::system_error(errno, std::generic_category(), "no file");
  const int old = ::dup(STDOUT_FILENO);
  ::dup2(::fileno(file), STDOUT_FILENO);
  const auto restore = [&] {
    std::fflush(stdout);
    ::dup2(old, STDOUT_FILENO);
    ::close(old);
  };
  try {
    action();
  } catch (...) {
    restore();
    std::fclose(file);
    throw;
  }
  restore();
  std::rewind(file);  // NOLINT(bugprone-unsafe-functions): what is read tells
  std::string text;
  std::array<char, 4096> bytes;
  for (std::size_t size; (size = std::fread(bytes.data(), 1, bytes.size(), file)) > 0;)
    text.append(bytes.data(), size);
  std::fclose(file);
  return text;
}
