#include "recorder/company.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/time.h>

#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "program/system_error.hpp"

namespace recorder {
namespace {

using clock = std::chrono::steady_clock;

using program::FileDescriptor;
using program::throw_on_error;

/// While it lives, a system call that waits is interrupted now and then.
class Ticking {
 public:
  Ticking() {
    struct sigaction interrupt{};
    interrupt.sa_handler = [](int) {};
    throw_on_error(sigaction(SIGALRM, &interrupt, &old_action_), "sigaction");
    sigset_t alarm;
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    throw_on_error(sigprocmask(SIG_UNBLOCK, &alarm, &old_mask_), "sigprocmask");
    const itimerval often{{0, 200'000}, {0, 200'000}};
    throw_on_error(setitimer(ITIMER_REAL, &often, nullptr), "setitimer");
  }
  Ticking(const Ticking&) = delete;
  Ticking& operator=(const Ticking&) = delete;
  ~Ticking() {
    // What was possible once is so again.
    const itimerval never{};
    (void)setitimer(ITIMER_REAL, &never, nullptr);
    (void)sigprocmask(SIG_SETMASK, &old_mask_, nullptr);
    (void)sigaction(SIGALRM, &old_action_, nullptr);
  }

 private:
  struct sigaction old_action_{};
  sigset_t old_mask_{};
};

/// @return whether the lock is had; also where there are no locks.
bool lock(const FileDescriptor& file, int operation, clock::time_point until) {
  if (file.get() < 0 || flock(file.get(), operation | LOCK_NB) == 0) return true;
  if (errno != EWOULDBLOCK) return true;
  const Ticking interrupts_the_wait;
  while (flock(file.get(), operation) != 0) {
    if (errno != EINTR) return true;
    if (clock::now() >= until) return false;
  }
  return true;
}

}  // namespace

KeptCompany::KeptCompany(Company what, std::chrono::seconds timeout) {
  // The executable and its directory are what all have in common, and to lock them
  // changes nothing: the build may be read-only.
  std::error_code unknown;
  const auto executable = std::filesystem::read_symlink("/proc/self/exe", unknown);
  const auto open_to_lock = [](const std::filesystem::path& path) {
    return program::above_standard(
        FileDescriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC)));
  };
  const auto until = clock::now() + timeout;
  // Who wants to be alone waits with this one locked: otherwise others would go on
  // coming in beside those that it waits for.
  const FileDescriptor entrance = open_to_lock(executable.parent_path());
  FileDescriptor room = open_to_lock(executable);
  const bool alone = what == Company::nobody;
  if (lock(entrance, LOCK_EX, until) && lock(room, alone ? LOCK_EX : LOCK_SH, until))
    lock_ = std::move(room);
  else if (alone)
    throw std::runtime_error(fmt::format(
        "other runs of {} did not end within {} s: no run could be made alone",
        executable.string(), timeout.count()));
}

}  // namespace recorder
