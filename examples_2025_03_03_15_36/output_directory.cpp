#include "examples_2025_03_03_15_36/output_directory.hpp"

#include <signal.h>
#include <stdlib.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstdlib>
#include <mutex>
#include <system_error>

inline namespace book {

namespace {

// Shared by those who save a file, held alone by the one who removes the directory; and
// held for good by the thread that ends the program.
std::shared_mutex in_use;
std::filesystem::path temporary;  // empty if there is nothing to remove

// Until it is gone: a process of the program that has not ended yet may be adding a
// file to it.
void remove_temporary() {
  std::error_code ignored;
  for (int tries = 0; tries < 1000 && !temporary.empty(); ++tries) {
    std::filesystem::remove_all(temporary, ignored);
    if (!std::filesystem::exists(temporary, ignored)) temporary.clear();
  }
}

// The program is about to end while other threads still run: a file that is being
// saved is finished first, and none is begun any more.
void remove_temporary_for_good() {
  in_use.lock();
  remove_temporary();
}

// Where temporary directories are made. The standard library takes an empty TMPDIR for
// the name of a directory.
std::filesystem::path temporary_place() {
  const char* given = std::getenv("TMPDIR");
  if (given && !*given) return "/tmp";
  return std::filesystem::temp_directory_path();
}

// There is no moment at which the directory stands and would not be removed.
std::filesystem::path make_temporary(const std::string& name) {
  std::string path = temporary_place() / (name + "-XXXXXX");
  std::unique_lock lock(in_use);
  const bool made = ::mkdtemp(path.data());
  const std::error_code error(errno, std::generic_category());
  if (made) temporary = path;
  lock.unlock();
  if (!made) throw std::system_error(error, "cannot make " + path);
  return path;
}

void mask_ending_signals(int how) {
  ::sigset_t ending;
  ::sigemptyset(&ending);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&ending, signal);
  ::pthread_sigmask(how, &ending, nullptr);
}

}  // namespace

void leave_signals_to_directory() {
  mask_ending_signals(SIG_BLOCK);
  // A reader that has gone (`| head`) is an error of the next line printed, not the
  // end.
  ::signal(SIGPIPE, SIG_IGN);
}

OutputDirectory::OutputDirectory(const std::string& given, const std::string& name,
                                 boost::asio::any_io_executor signals)
    : path_(given), signals_(signals, SIGINT, SIGTERM, SIGHUP) {
  leave_signals_to_directory();
  std::at_quick_exit(remove_temporary_for_good);
  boost::asio::post(signals, [] { mask_ending_signals(SIG_UNBLOCK); });
  signals_.async_wait([](const boost::system::error_code& error, int signal) {
    if (!error) std::quick_exit(128 + signal);
  });

  if (given.empty())
    path_ = make_temporary(name);
  else
    std::filesystem::create_directories(path_);
}

OutputDirectory::~OutputDirectory() {
  const std::unique_lock lock(in_use);
  remove_temporary();
}

std::shared_lock<std::shared_mutex> OutputDirectory::hold() {
  return std::shared_lock(in_use);
}

}  // namespace book
