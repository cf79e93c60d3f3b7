#include "recorder/signal_watch.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include "program/system_error.hpp"
#include "recorder/record_run.hpp"

namespace recorder {

using program::throw_on_error;

SignalWatch::SignalWatch() {
  sigset_t watched;
  sigemptyset(&watched);
  sigaddset(&watched, SIGCHLD);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    // Blocked, one that is ignored would come.
    struct sigaction action{};
    throw_on_error(sigaction(signal, nullptr, &action), "sigaction");
    if (action.sa_handler != SIG_IGN) sigaddset(&watched, signal);
  }
  file_ = program::above_standard(
      program::FileDescriptor(signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK)));
  throw_on_error(file_.get(), "signalfd");
  throw_on_error(sigprocmask(SIG_BLOCK, &watched, &old_mask_), "sigprocmask");
}

SignalWatch::~SignalWatch() {
  // The mask is one that it had: that can't fail.
  (void)sigprocmask(SIG_SETMASK, &old_mask_, nullptr);
}

void SignalWatch::take() {
  signalfd_siginfo info{};
  while (read(file_.get(), &info, sizeof info) == sizeof info)
    if (info.ssi_signo != SIGCHLD) throw Interrupted{static_cast<int>(info.ssi_signo)};
}

}  // namespace recorder
