/// @file
/// @defgroup error_line error_line.hpp
/// @brief How a program says on standard error what went wrong.
/// @{
#pragma once

#include <errno.h>
#include <unistd.h>

#include <array>
#include <cstddef>

/// Prints `<program>: <before><what><after>` to standard error, as one line whatever
/// `what` holds: control characters stand as escapes, such as `\n` and `\x1b`.
///
/// Allocates nothing: memory may have run out. Any thread may call it.
///
/// @param before What stands before the error, as it is.
/// @param what The error.
/// @param after What stands after it, as it is.
inline void print_error_line(const char* before, const char* what, const char* after) {
  std::array<char, 4096> line;
  std::size_t size = 0;
  const auto flush = [&] {
    // Where standard error can't be written, nobody could be told.
    if (::write(STDERR_FILENO, line.data(), size) < 0) errno = 0;
    size = 0;
  };
  const auto put = [&](char c) {
    if (size == line.size()) flush();
    line[size++] = c;
  };
  const auto put_text = [&](const char* text) {
    for (; *text != '\0'; ++text) put(*text);
  };
  const auto put_escaped = [&](const char* text) {
    for (; *text != '\0'; ++text) {
      const auto code = static_cast<unsigned char>(*text);
      if (code >= ' ' && code != 0x7f) {
        put(*text);
      } else if (code == '\n') {
        put_text("\\n");
      } else {
        put_text("\\x");
        put("0123456789abcdef"[code / 16]);
        put("0123456789abcdef"[code % 16]);
      }
    }
  };
  put_text(program_invocation_short_name);
  put_text(": ");
  put_text(before);
  put_escaped(what);
  put_text(after);
  put('\n');
  flush();
}

/// @}
