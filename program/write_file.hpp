/// @file
/// @defgroup write_file write_file.hpp
/// @brief Files that are there when they are whole, and not before.
#pragma once

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "program/file_descriptor.hpp"
#include "program/read_write.hpp"
#include "program/system_error.hpp"

namespace program {
/// @addtogroup write_file
/// @{

/// Gives a file its name when it is whole, in place of an older one.
///
/// Until then it has no name, so that nothing is left of it if the program is ended
/// meanwhile, in whatever way. Where the file system has no such files, or nothing
/// shows them in `/proc`, its name ends in `.part` until then. One object is for one
/// thread; two that write the same path at a time may disturb each other.
class UnfinishedFile {
 public:
  /// Opens it.
  /// @param path The name that it is going to have.
  /// @throws std::system_error "cannot write PATH", with the reason.
  explicit UnfinishedFile(const std::filesystem::path& path)
      : path_(path.string()), part_(path_ + ".part") {
    const std::string directory =
        path.has_parent_path() ? path.parent_path().string() : ".";
    // Without its link in /proc it could not be given a name.
    file_ = above_standard(FileDescriptor(
        ::open(directory.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666)));
    is_nameless_ = file_ && ::access(link().c_str(), F_OK) == 0;
    if (is_nameless_) return;
    file_ = above_standard(FileDescriptor(
        ::open(part_.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666)));
    if (!file_) throw_errno(failure());
    has_part_ = true;
  }
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;
  ~UnfinishedFile() {
    if (has_part_) ::unlink(part_.c_str());
  }

  /// Writes bytes at its end.
  /// @param bytes What is written.
  /// @throws std::system_error "cannot write PATH", with the reason.
  void write(std::string_view bytes) {
    write_all(file_.get(), std::as_bytes(std::span(bytes)), failure());
  }

  /// Gives it its name, in one step.
  /// @throws std::system_error "cannot write PATH", with the reason; then what had the
  ///   name has it still.
  void finish() {
    if (is_nameless_) {  // it can be given a name that is free; renaming replaces a
                         // file
      if (give_name(path_)) return file_.close(failure());
      if (errno != EEXIST) throw_errno(failure());
      // What is left of a program that was killed here.
      if (::unlink(part_.c_str()) != 0 && errno != ENOENT) throw_errno(failure());
      if (!give_name(part_)) throw_errno(failure());
      has_part_ = true;
    }
    file_.close(failure());
    throw_on_error(::rename(part_.c_str(), path_.c_str()), failure());
    has_part_ = false;
  }

 private:
  std::string failure() const { return "cannot write " + path_; }
  std::string link() const { return "/proc/self/fd/" + std::to_string(file_.get()); }
  bool give_name(const std::string& name) const {
    return ::linkat(AT_FDCWD, link().c_str(), AT_FDCWD, name.c_str(),
                    AT_SYMLINK_FOLLOW) == 0;
  }

  std::string path_;
  std::string part_;
  FileDescriptor file_;
  bool is_nameless_ = false;
  bool has_part_ = false;  // whether part_ is to be removed
};

/// Writes a file that comes to be when it is whole; see UnfinishedFile.
///
/// What is no ordinary file, such as `/dev/null`, a terminal or a pipe, is not
/// replaced: it is written to. Any thread may call it.
///
/// @param path Its path.
/// @param bytes What is to stand in it.
/// @throws std::system_error "cannot write PATH", with the reason; then an ordinary
/// file
///   has not changed.
inline void write_file(const std::filesystem::path& path, std::string_view bytes) {
  std::error_code ignored;  // where it isn't known, opening it says why
  const auto type = std::filesystem::status(path, ignored).type();
  using enum std::filesystem::file_type;
  if (type == character || type == block || type == fifo || type == socket) {
    FileDescriptor file = open_file(path.string(), O_WRONLY | O_NOCTTY);
    const std::string failure = "cannot write " + path.string();
    write_all(file.get(), std::as_bytes(std::span(bytes)), failure);
    return file.close(failure);
  }
  UnfinishedFile file(path);
  file.write(bytes);
  file.finish();
}

/// @}
}  // namespace program
