/// @file
/// @defgroup read_write read_write.hpp
/// @brief Reading and writing all bytes that are wanted, where a system call may stop
/// after a part of them.
///
/// Any thread may call these functions.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "program/file_descriptor.hpp"
#include "program/system_error.hpp"

namespace program {
/// @addtogroup read_write
/// @{

/// Fills a buffer.
///
/// @param file What is read, from its present position on.
/// @param bytes Where to.
/// @param what What could not be done, for the error.
/// @return How many bytes came: fewer than there is room for at the file's end alone.
/// @throws std::system_error if it cannot be read.
inline std::size_t read_up_to(int file, std::span<std::byte> bytes,
                              std::string_view what) {
  std::size_t size = 0;
  while (size < bytes.size()) {
    const auto rest = bytes.subspan(size);
    const ::ssize_t got = throw_on_error(
        retry_if_interrupted([&] { return ::read(file, rest.data(), rest.size()); }),
        what);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  return size;
}

/// Writes all bytes.
///
/// @param file Where to.
/// @param bytes What is written.
/// @param what What could not be done, for the error.
/// @throws std::system_error if not all of them can be written.
inline void write_all(int file, std::span<const std::byte> bytes,
                      std::string_view what) {
  while (!bytes.empty()) {
    const ::ssize_t written = throw_on_error(
        retry_if_interrupted([&] { return ::write(file, bytes.data(), bytes.size()); }),
        what);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

/// A whole file.
///
/// @param path Its path.
/// @throws std::system_error "cannot read PATH", with the reason.
[[nodiscard]] inline std::string read_file(const std::string& path) {
  const FileDescriptor file = open_file(path, O_RDONLY);
  std::string all;
  std::array<std::byte, 65536> part;
  while (true) {
    const std::size_t size = read_up_to(file.get(), part, "cannot read " + path);
    all.append(reinterpret_cast<const char*>(part.data()), size);
    if (size < part.size()) return all;
  }
}

/// @}
}  // namespace program
