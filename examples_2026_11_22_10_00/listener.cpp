#include "examples_2026_11_22_10_00/listener.hpp"

#include <fmt/core.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>

#include "program/error_line.hpp"
#include "program/system_error.hpp"

inline namespace book {

using boost::system::error_code;

void raise_open_files_limit() {
  ::rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

void report_refused_connection(const error_code& error) {
  static std::atomic<int> reported = 0;
  if (reported.exchange(error.value()) != error.value())
    print_error_line("cannot accept a connection: ", error.message().c_str(), "");
}

void print_port(std::uint16_t port) {
  fmt::print("listening on port {}\n", port);
  if (std::fflush(stdout) != 0) program::throw_errno("cannot write the output");
}

namespace {

::sigset_t told_signals() {
  ::sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGCHLD}) ::sigaddset(&signals, signal);
  return signals;
}

}  // namespace

Socket listen_on_loopback(std::uint16_t port) {
  Socket listening = program::above_standard(
      Socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)));
  const int yes = 1;
  ::setsockopt(listening.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  ::sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  ::socklen_t size = sizeof address;
  auto* const plain = reinterpret_cast<::sockaddr*>(&address);
  if (!listening || ::bind(listening.get(), plain, size) != 0 ||
      ::listen(listening.get(), SOMAXCONN) != 0 ||
      ::getsockname(listening.get(), plain, &size) != 0)
    program::throw_errno("cannot listen");
  print_port(ntohs(address.sin_port));
  return listening;
}

Listener::Listener(std::uint16_t port) {
  const ::sigset_t signals = told_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGCHLD, SIG_DFL);  // whoever started this may have had it ignored
  signals_ = program::above_standard(
      program::FileDescriptor(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK)));
  program::throw_on_error(signals_.get(), "signalfd");
  listening_.emplace(listen_on_loopback(port));
}

Listener::~Listener() {
  leave_to_parent();
}

void Listener::leave_to_parent() {
  if (!listening_) return;
  listening_.reset();
  signals_.reset();
  const ::sigset_t signals = told_signals();
  ::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

void Listener::wait_for_free_descriptors() {
  ::pollfd signals{signals_.get(), POLLIN, 0};
  ::poll(&signals, 1, 10);
}

std::optional<Socket> Listener::accept(const std::function<void()>& child_ended) {
  for (;;) {
    std::array<::pollfd, 2> either{
        {{listening_->get(), POLLIN, 0}, {signals_.get(), POLLIN, 0}}};
    ::poll(either.data(), either.size(), -1);
    ::signalfd_siginfo signal{};
    while (::read(signals_.get(), &signal, sizeof signal) == sizeof signal) {
      if (signal.ssi_signo == SIGCHLD) {
        if (child_ended) child_ended();
      } else {
        exit_code_ = 128 + static_cast<int>(signal.ssi_signo);
        return std::nullopt;
      }
    }
    if (!(either[0].revents & POLLIN)) continue;
    Socket accepted = program::above_standard(
        Socket(::accept4(listening_->get(), nullptr, nullptr, SOCK_CLOEXEC)));
    if (accepted) return accepted;
    for (const int lack : {EMFILE, ENFILE, ENOBUFS, ENOMEM}) {
      if (errno != lack) continue;
      report_refused_connection({lack, boost::system::system_category()});
      wait_for_free_descriptors();
      break;
    }
  }
}

}  // namespace book
