/// @file
/// @defgroup download_directory download_directory.hpp
/// @brief Where the closing programs save what they fetch.
/// @{
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <string>

#include "examples_2025_03_03_15_36/output_directory.hpp"
#include "examples_2025_03_03_15_36/photos.hpp"

inline namespace book {

/// Reads the command line of a program that has one option, `--directory`.
///
/// Ends the program with exit code 2 and one line on standard error if it was given
/// anything else, and with exit code 0 after `--help`.
///
/// @param argc As `main` receives it.
/// @param argv As `main` receives it.
/// @return The directory, empty if none was given.
std::string directory_option(int argc, char** argv);

/// The directory that files are saved in; a program has one of them.
///
/// A file stands in it whole or not at all. A temporary directory is removed however
/// the program ends: see OutputDirectory.
class DownloadDirectory {
 public:
  /// Makes the directory.
  /// @param given Its path, made if it is missing; empty for a new temporary one.
  /// @param signals Where Ctrl-C and the like are waited for, on one thread; the thread
  ///   that calls this, and those that it starts, are spared them.
  /// @throws std::system_error if it cannot be made.
  DownloadDirectory(const std::string& given, boost::asio::any_io_executor signals);

  /// Saves a file, under another name first, and renames it when it is whole.
  ///
  /// Any number of threads may save files of different names side by side.
  ///
  /// @param name The file's name; a file that has it is replaced.
  /// @param bytes What is to stand in it.
  /// @throws std::system_error naming the file, if it cannot be saved.
  void save(const std::string& name, const std::string& bytes) const;

  /// Compares what was saved with what was to be saved, byte for byte.
  /// @param files The files as they should be.
  /// @throws std::runtime_error naming the first one that differs.
  void compare_with(const FileSet& files) const;

 private:
  OutputDirectory directory_;
};

}  // namespace book

/// @}
