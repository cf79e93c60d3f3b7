/// @file
/// @defgroup output_directory output_directory.hpp
/// @brief Where the closing programs save what they make, and how they end.
/// @{
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/signal_set.hpp>
#include <filesystem>
#include <shared_mutex>
#include <string>

inline namespace book {

/// Keeps Ctrl-C and the like from this thread, and from all threads and processes
///   that it starts from now on.
///
/// They come to the thread alone that waits for them on behalf of an OutputDirectory,
/// and it ends the program. Without this, they would break off another thread's system
/// call, or end one of the program's other processes, and that be reported as an error.
/// OutputDirectory calls it itself; a program that forks before it has one calls it
/// first.
void leave_signals_to_directory();

/// The directory that a program saves its files in; a program has one.
///
/// A temporary directory is removed with all that is in it, however the program ends:
/// when it is done, by an exception that nobody catches (such as that its output has no
/// reader any more), by Ctrl-C, with exit code 130, or when it is asked to end or its
/// terminal is closed.
class OutputDirectory {
 public:
  /// Makes the directory.
  /// @param given Its path, made if it is missing; empty for a new temporary one.
  /// @param name What the name of a temporary one begins with.
  /// @param signals Where Ctrl-C and the like are waited for, on one thread; the thread
  ///   that calls this, and those that it starts, are spared them.
  /// @throws std::system_error if it cannot be made.
  OutputDirectory(const std::string& given, const std::string& name,
                  boost::asio::any_io_executor signals);

  OutputDirectory(const OutputDirectory&) = delete;
  OutputDirectory& operator=(const OutputDirectory&) = delete;
  ~OutputDirectory();

  /// Its path.
  const std::filesystem::path& path() const { return path_; }

  /// Holds up the program's end, and with it the directory's; waits for ever once
  ///   the program is being ended.
  ///
  /// Any number of threads may do so side by side. Nothing may be thrown meanwhile: an
  /// exception that nobody catches ends the program on the same thread, which would
  /// wait for itself.
  ///
  /// @return What holds it up, as long as it lives.
  static std::shared_lock<std::shared_mutex> hold();

 private:
  std::filesystem::path path_;
  boost::asio::signal_set signals_;
};

}  // namespace book

/// @}
