/// @file
/// @defgroup file_descriptor file_descriptor.hpp
/// @brief File descriptors, each with one owner.
///
/// Distinct objects can be used by any threads; one object is for one thread at a time.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "program/system_error.hpp"

namespace program {
/// @addtogroup file_descriptor
/// @{

/// Owns a file descriptor, and closes it at its end.
class FileDescriptor {
 public:
  /// Owns none.
  FileDescriptor() = default;

  /// Takes a descriptor over.
  /// @param number What a system call returned: negative if there is none.
  explicit FileDescriptor(int number) noexcept : number_(number) {}

  FileDescriptor(FileDescriptor&& other) noexcept : number_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    reset(other.release());
    return *this;
  }
  ~FileDescriptor() { reset(); }

  /// Whether there is one.
  explicit operator bool() const noexcept { return number_ >= 0; }

  /// Its number; negative if there is none.
  int get() const noexcept { return number_; }

  /// Gives it away without closing it.
  /// @return Its number; negative if there is none.
  [[nodiscard]] int release() noexcept { return std::exchange(number_, -1); }

  /// Closes it, and takes another one over.
  ///
  /// An error in closing is not reported: for a file that was written, use close().
  /// `errno` stays as it is.
  ///
  /// @param number As for the constructor.
  void reset(int number = -1) noexcept {
    const int error = errno;
    if (number_ >= 0) ::close(number_);
    number_ = number;
    errno = error;
  }

  /// Closes it, and reports what some file systems only notice now: that what was
  /// written could not be stored. It is closed in any case.
  /// @param what What could not be done, for the error.
  /// @throws std::system_error if closing has failed.
  void close(std::string_view what) {
    if (::close(release()) != 0 && errno != EINTR) throw_errno(what);
  }

 private:
  int number_ = -1;
};

/// Makes sure that a descriptor is none of the three standard ones.
///
/// A program may be started with standard input, output or error closed. The next file
/// that it opens then has the number of the missing one: what the program prints would
/// go into that file, and a child would take it for its terminal.
///
/// @param file The descriptor; it may also be none, and then `errno` stays as it is.
/// @return The same open file under a number above 2, closed when another program is
///   executed; none, with the reason in `errno`, if there is no number left.
[[nodiscard]] inline FileDescriptor above_standard(FileDescriptor file) noexcept {
  if (!file || file.get() > STDERR_FILENO) return file;
  return FileDescriptor(::fcntl(file.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

/// Opens a file, under a number above 2, closed when another program is executed.
///
/// @param path Its path.
/// @param flags As for `open`: O_RDONLY, O_WRONLY or O_RDWR, and others.
/// @param mode The permissions of a file that is made, before the user's mask.
/// @throws std::system_error "cannot read PATH" or "cannot write PATH", with the
/// reason.
[[nodiscard]] inline FileDescriptor open_file(const std::string& path, int flags,
                                              ::mode_t mode = 0666) {
  FileDescriptor file = above_standard(FileDescriptor(retry_if_interrupted(
      [&] { return ::open(path.c_str(), flags | O_CLOEXEC, mode); })));
  if (!file)
    throw_errno(((flags & O_ACCMODE) == O_RDONLY ? "cannot read " : "cannot write ") +
                path);
  return file;
}

/// The two ends of a pipe.
struct PipeEnds {
  FileDescriptor reader;  ///< What was written comes out of it.
  FileDescriptor writer;  ///< What is written goes into it.
};

/// Makes a pipe whose ends have numbers above 2 and are closed when another program is
/// executed.
///
/// @param flags More flags for `pipe2`, such as O_NONBLOCK.
/// @throws std::system_error if there is none to be had.
[[nodiscard]] inline PipeEnds make_pipe(int flags = 0) {
  constexpr auto failed = "cannot make a pipe";
  std::array<int, 2> ends;
  throw_on_error(::pipe2(ends.data(), flags | O_CLOEXEC), failed);
  FileDescriptor reader(ends[0]), writer(ends[1]);
  PipeEnds pipe{above_standard(std::move(reader)), above_standard(std::move(writer))};
  if (!pipe.reader || !pipe.writer) throw_errno(failed);
  return pipe;
}

/// @}
}  // namespace program
