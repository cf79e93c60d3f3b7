#include "examples_2025_03_03_15_36/output_directory.hpp"

#include <signal.h>

#include <boost/asio/post.hpp>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <system_error>

#include "program/temporary_directory.hpp"

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

// Where it is asked for, and nowhere else. There is no moment at which the directory
// stands and would not be removed. Nothing is thrown out of here while the lock is
// held: an exception that nobody catches ends the program, which takes the lock.
std::filesystem::path make_temporary(const std::string& name) {
  std::filesystem::path path;
  std::exception_ptr failure;
  {
    const std::unique_lock lock(in_use);
    try {
      path = program::make_temporary_directory(name + "-",
                                               {program::temporary_places().front()});
      temporary = path;
    } catch (...) {
      failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
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
