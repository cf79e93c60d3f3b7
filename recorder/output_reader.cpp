#include "recorder/output_reader.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

namespace recorder {

bool OutputReader::read(std::vector<Line>& lines, double now) {
  std::array<char, 65536> bytes;
  while (true) {
    const auto size = ::read(file.get(), bytes.data(), bytes.size());
    if (size > 0) {
      take({bytes.data(), static_cast<std::size_t>(size)}, lines, now);
    } else if (size < 0 && errno == EAGAIN) {
      return true;
    } else if (size == 0 || errno != EINTR) {
      // The end; on a terminal it is an error, EIO.
      if (!open_line_.text.empty()) end_line(lines);
      return false;
    }
  }
}

void OutputReader::take(std::string_view bytes, std::vector<Line>& lines, double now) {
  while (!bytes.empty()) {
    const std::size_t size = take_part(bytes, now);
    for (const char c : bytes.substr(0, size)) {
      if (c != '\n')
        open_line_.text += c;
      else
        end_line(lines);
    }
    bytes.remove_prefix(size);
  }
}

/// Finds out who wrote the first of these bytes, and whose the open line is, therefore.
///
/// @return how many bytes that one wrote.
std::size_t OutputReader::take_part(std::string_view bytes, double now) {
  const auto begins_like = [&](const ExpectedWrite& write) {
    const std::size_t common = std::min(bytes.size(), write.data.size());
    return bytes.substr(0, common) == std::string_view(write.data).substr(0, common);
  };
  const auto source = std::find_if(expected_.begin(), expected_.end(), begins_like);
  std::size_t size;
  if (source != expected_.end()) {
    size = std::min(bytes.size(), source->data.size());
    open_line_.time = source->time;
    open_line_.thread = source->thread;
    open_line_.stream = source->file == STDERR_FILENO ? "stderr" : "stdout";
    source->data.erase(0, size);
    if (source->data.empty()) expected_.erase(source);
  } else {
    size = std::min(bytes.size(), bytes.find('\n') + 1);
    if (size == 0) size = bytes.size();
    open_line_.time = now;
    open_line_.thread = std::nullopt;
    open_line_.stream = "terminal";
  }
  if (!stream_.empty()) open_line_.stream = stream_;
  return size;
}

void OutputReader::end_line(std::vector<Line>& lines) {
  lines.push_back(open_line_);
  open_line_.text.clear();
}

}  // namespace recorder
