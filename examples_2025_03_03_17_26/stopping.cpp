#include "examples_2025_03_03_17_26/stopping.hpp"

#include <signal.h>
#include <sys/mman.h>

#include <atomic>
#include <new>
#include <stdexcept>

#include "program/system_error.hpp"

inline namespace book {

namespace {

// In memory that all processes share; lock-free, so that a signal's handler may set it.
std::atomic<int>& stop_flag() {
  static std::atomic<int>& flag = [&]() -> std::atomic<int>& {
    void* memory = ::mmap(nullptr, sizeof(std::atomic<int>), PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) program::throw_errno("no shared memory");
    return *new (memory) std::atomic<int>(0);
  }();
  static_assert(std::atomic<int>::is_always_lock_free);
  return flag;
}

}  // namespace

void stop_on_signals() {
  stop_flag();  // before there are processes that share it
  struct ::sigaction action{};
  action.sa_handler = [](int signal) { stop_flag() = signal; };
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct ::sigaction before{};
    ::sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_IGN) ::sigaction(signal, &action, nullptr);  // nohup
  }
  // A reader that has gone (`| head`) is an error of the next line printed, not an end.
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);  // and a file that may not grow is one of the next write
}

void stop() {
  int none = 0;
  stop_flag().compare_exchange_strong(none, -1);
}

int stop_signal() {
  return stop_flag();
}

void stop_if_asked() {
  if (stop_signal() != 0) throw std::runtime_error("was not finished");
}

}  // namespace book
