#include "examples_2025_03_03_16_52/picture_directory.hpp"

#include <errno.h>
#include <fmt/core.h>
#include <signal.h>
#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <system_error>
#include <thread>

#include "examples_2025_03_03_15_36/thread_names.hpp"
#include "examples_2025_03_03_16_52/pictures.hpp"

namespace {

// Held for good by the thread that ends the program. (So nothing may be thrown under
// this lock: an exception that nobody catches ends here, on the same thread.)
std::mutex ending;
std::filesystem::path temporary;  // empty if there is nothing to remove

// Until it is gone: a worker that has not ended yet may be adding a file to it.
void remove_temporary() {
  std::error_code ignored;
  for (int tries = 0; tries < 1000 && !temporary.empty(); ++tries) {
    std::filesystem::remove_all(temporary, ignored);
    if (!std::filesystem::exists(temporary, ignored)) temporary.clear();
  }
}

void remove_temporary_for_good() {
  ending.lock();
  remove_temporary();
}

void mask_ending_signals(int how) {
  ::sigset_t ending_signals;
  ::sigemptyset(&ending_signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    ::sigaddset(&ending_signals, signal);
  ::pthread_sigmask(how, &ending_signals, nullptr);
}

// There is no moment at which the directory stands and would not be removed.
std::filesystem::path make_temporary() {
  std::string path = std::filesystem::temp_directory_path() / "pictures-XXXXXX";
  std::unique_lock lock(ending);
  const bool made = ::mkdtemp(path.data());
  const std::error_code error(errno, std::generic_category());
  if (made) temporary = path;
  lock.unlock();
  if (!made) throw std::system_error(error, "cannot make " + path);
  return path;
}

}  // namespace

PictureOptions picture_options(int argc, char** argv, const std::string& workers) {
  PictureOptions options;
  options.workers = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  CLI::App app("Blurs and shrinks twelve pictures.");
  app.add_option("--directory", options.directory,
                 "Where the pictures are, instead of a temporary directory; those that "
                 "are missing are made");
  if (!workers.empty())
    app.add_option(workers, options.workers, "How many work side by side")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return fmt::format("{}: {}\n", program_invocation_short_name, error.what());
  });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error) == EXIT_SUCCESS ? EXIT_SUCCESS : 2);
  }
  return options;
}

void leave_signals_to_directory() {
  mask_ending_signals(SIG_BLOCK);
  // A reader that has gone (`| head`) is an error of the next line printed, not an end.
  ::signal(SIGPIPE, SIG_IGN);
}

PictureDirectory::PictureDirectory(const std::string& given)
    : waiting_(1), signals_(waiting_, SIGINT, SIGTERM, SIGHUP) {
  boost::asio::post(waiting_, [] {
    name_this_thread("signals");
    mask_ending_signals(SIG_UNBLOCK);
  });
  leave_signals_to_directory();
  std::at_quick_exit(remove_temporary_for_good);
  signals_.async_wait([](const boost::system::error_code& error, int signal) {
    if (!error) std::quick_exit(128 + signal);
  });

  if (!given.empty()) std::filesystem::create_directories(given);
  make_pictures(given.empty() ? make_temporary() : std::filesystem::path(given));
}

void PictureDirectory::make_pictures(const std::filesystem::path& path) {
  try {
    std::filesystem::create_directory(path / "processed");
    for (int number = 1; number <= 12; ++number) {
      const auto picture = path / fmt::format("picture-{:02}.jpg", number);
      if (!std::filesystem::exists(std::filesystem::symlink_status(picture)))
        write_file(picture, make_picture(number));
      pictures_.push_back(picture);
    }
  } catch (...) {
    // It is no error if the directory was removed because the program is being ended.
    ending.lock();
    ending.unlock();
    throw;
  }
}

PictureDirectory::~PictureDirectory() {
  const std::unique_lock lock(ending);
  remove_temporary();
}

const std::vector<std::string>& PictureDirectory::pictures() const {
  return pictures_;
}

void PictureDirectory::report(const std::string& what) {
  const std::string line = fmt::format("{}: {}\n", program_invocation_short_name, what);
  const std::unique_lock lock(ending);  // under which nothing may be thrown
  std::fputs(line.c_str(), stderr);
}
