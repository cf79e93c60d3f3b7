/// @file
/// @defgroup picture_directory picture_directory.hpp
/// @brief Where the closing programs find their pictures, and leave what they make of
///   them.
/// @{
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <string>
#include <vector>

#include "examples_2025_03_03_15_36/output_directory.hpp"

inline namespace book {

/// What the command line of a closing program says.
struct PictureOptions {
  std::string directory;  ///< `--directory`; empty if it was not given.
  int workers = 1;        ///< How many pictures are worked on side by side.
};

/// Reads the command line of a closing program.
///
/// Ends the program with exit code 2 and one line on standard error if something is
/// wrong with it, and with exit code 0 after `--help`.
///
/// @param argc As `main` receives it.
/// @param argv As `main` receives it.
/// @param workers The name of the option for the number of workers, such as
///   `--threads`; empty for a program that has no such option. The default is one for
///   each core that this process may use.
/// @return What it says.
PictureOptions picture_options(int argc, char** argv, const std::string& workers = {});

/// The directory of twelve pictures, and within it `processed`; a program has
/// one.
///
/// A temporary directory is removed however the program ends: see OutputDirectory. A
/// thread waits for that, so what is to be forked must be forked before.
class PictureDirectory {
 public:
  /// Makes the directories and the pictures that are missing.
  /// @param given Its path; empty for a new temporary one.
  /// @throws std::system_error if something cannot be made.
  explicit PictureDirectory(const std::string& given);

  /// The paths of the pictures, `picture-01.jpg` to `picture-12.jpg`.
  const std::vector<std::string>& pictures() const;

  /// Prints to standard error what went wrong with a picture.
  ///
  /// Says nothing while the program is being ended, which removes the pictures.
  ///
  /// @param what What went wrong, beginning with the picture's name.
  static void report(const std::string& what);

 private:
  boost::asio::thread_pool waiting_;
  OutputDirectory directory_;
  std::vector<std::string> pictures_;
};

}  // namespace book

/// @}
