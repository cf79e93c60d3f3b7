/**
 * @file
 * @defgroup picture_directory picture_directory.hpp
 * @brief Where the closing programs find their pictures, and leave what they make of
 * them.
 * @{
 */
#pragma once

#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <filesystem>
#include <string>
#include <vector>

/** @brief What the command line of a closing program says. */
struct PictureOptions {
  std::string directory; /**< `--directory`; empty if it was not given. */
  int workers = 1;       /**< How many pictures are worked on side by side. */
};

/**
 * @brief Reads the command line of a closing program.
 *
 * Ends the program with exit code 2 and one line on standard error if something is
 * wrong with it, and with exit code 0 after `--help`.
 *
 * @param argc As `main` receives it.
 * @param argv As `main` receives it.
 * @param workers The name of the option for the number of workers, such as `--threads`;
 *   empty for a program that has no such option. The default is the machine's cores.
 * @return What it says.
 */
PictureOptions picture_options(int argc, char** argv, const std::string& workers = {});

/**
 * @brief Keeps Ctrl-C and the like from this thread, and from all threads and processes
 *   that it starts from now on.
 *
 * They come to the thread of a PictureDirectory alone, which ends the program, and its
 * processes with it. A system call of another thread would be broken off by them, or a
 * worker be ended, and that be reported as an error. PictureDirectory calls it itself;
 * a program that forks before it has one calls it first.
 */
void leave_signals_to_directory();

/**
 * @brief The directory of twelve pictures, and within it `processed`; a program has
 * one.
 *
 * A temporary directory is removed with all that is in it, however the program ends:
 * when it is done, by an exception that nobody catches, by Ctrl-C, with exit code 130,
 * or when it is asked to end or its terminal is closed. A thread waits for that, so
 * what is to be forked must be forked before.
 */
class PictureDirectory {
 public:
  /**
   * @brief Makes the directories and the pictures that are missing.
   * @param given Its path; empty for a new temporary one.
   * @throws std::system_error if something cannot be made.
   */
  explicit PictureDirectory(const std::string& given);

  PictureDirectory(const PictureDirectory&) = delete;
  PictureDirectory& operator=(const PictureDirectory&) = delete;
  ~PictureDirectory();

  /** @brief The paths of the pictures, `picture-01.jpg` to `picture-12.jpg`. */
  const std::vector<std::string>& pictures() const;

  /**
   * @brief Prints to standard error what went wrong with a picture.
   *
   * Says nothing while the program is being ended, which removes the pictures.
   *
   * @param what What went wrong, beginning with the picture's name.
   */
  static void report(const std::string& what);

 private:
  void make_pictures(const std::filesystem::path& path);

  std::vector<std::string> pictures_;
  boost::asio::thread_pool waiting_;
  boost::asio::signal_set signals_;
};

/** @} */
