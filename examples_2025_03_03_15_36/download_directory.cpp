#include "examples_2025_03_03_15_36/download_directory.hpp"

#include <errno.h>
#include <fmt/core.h>
#include <signal.h>
#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <system_error>

namespace {

// Shared by those who save a file, held alone by the one who removes the directory.
std::shared_mutex in_use;
std::filesystem::path temporary;  // empty if there is nothing to remove

void remove_temporary() {
  if (temporary.empty()) return;
  std::error_code ignored;
  std::filesystem::remove_all(temporary, ignored);
  temporary.clear();
}

// The program is about to end while other threads still run: a file that is being
// saved is finished first, and none is begun any more. (So nothing may be thrown
// under this lock: an exception that nobody catches ends here, on the same thread.)
void remove_temporary_for_good() {
  in_use.lock();
  remove_temporary();
}

// There is no moment at which the directory stands and would not be removed.
std::filesystem::path make_temporary() {
  std::string path = std::filesystem::temp_directory_path() / "downloads-XXXXXX";
  std::unique_lock lock(in_use);
  const bool made = ::mkdtemp(path.data());
  const std::error_code error(errno, std::generic_category());
  if (made) temporary = path;
  lock.unlock();
  if (!made) throw std::system_error(error, "cannot make " + path);
  return path;
}

}  // namespace

std::string directory_option(int argc, char** argv) {
  std::string directory;
  CLI::App app("Fetches ten files over HTTP from a server of its own.");
  app.add_option("--directory", directory,
                 "Where to save the files, instead of a temporary directory");
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return fmt::format("{}: {}\n", program_invocation_short_name, error.what());
  });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error) == EXIT_SUCCESS ? EXIT_SUCCESS : 2);
  }
  return directory;
}

DownloadDirectory::DownloadDirectory(const std::string& given,
                                     boost::asio::any_io_executor signals)
    : path_(given), signals_(std::move(signals), SIGINT, SIGTERM, SIGHUP) {
  // They come to the thread that waits for them. Another one's system call would be
  // broken off by them, and that be reported. Threads started later inherit this.
  ::sigset_t ending;
  ::sigemptyset(&ending);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&ending, signal);
  ::pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  // A reader that has gone (`| head`) is an error of the next line printed, not the
  // end.
  ::signal(SIGPIPE, SIG_IGN);
  std::at_quick_exit(remove_temporary_for_good);
  signals_.async_wait([](const boost::system::error_code& error, int signal) {
    if (!error) std::quick_exit(128 + signal);
  });

  if (given.empty())
    path_ = make_temporary();
  else
    std::filesystem::create_directories(path_);
}

DownloadDirectory::~DownloadDirectory() {
  const std::unique_lock lock(in_use);
  remove_temporary();
}

void DownloadDirectory::save(const std::string& name, const std::string& bytes) const {
  const std::filesystem::path path = path_ / name;
  const std::filesystem::path part = path.string() + ".part";
  std::error_code error;
  {
    const std::shared_lock lock(in_use);
    std::ofstream file(part, std::ios::binary);
    file << bytes;
    file.close();
    if (file)
      std::filesystem::rename(part, path, error);
    else
      error.assign(errno, std::generic_category());
    std::error_code ignored;
    if (error) std::filesystem::remove(part, ignored);
  }
  if (error) throw std::system_error(error, "cannot save " + path.string());
}

void DownloadDirectory::compare_with(const FileSet& files) const {
  std::filesystem::path changed;
  {
    // Nobody may remove the files meanwhile, or they would be missed here.
    const std::shared_lock lock(in_use);
    for (const auto& [name, bytes] : files) {
      std::ifstream file(path_ / name, std::ios::binary);
      const std::string saved(std::istreambuf_iterator<char>(file), {});
      if (saved == bytes) continue;
      changed = path_ / name;
      break;
    }
  }
  if (!changed.empty())
    throw std::runtime_error(changed.string() + " is not what was served");
}
