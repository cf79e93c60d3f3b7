// The limit of the measurement `busy_server`: what the loopback takes for the same
// bytes over as many sockets, and nothing else. Whatever comes is answered at once with
// the bytes of an answer: no request is read, no time is thought, no limit is kept.
//
// Prints `listening on port N`, and ends at Ctrl-C.
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string_view>

#include "examples_2026_11_22_10_00/listener.hpp"
#include "program/file_descriptor.hpp"
#include "program/system_error.hpp"

using program::FileDescriptor;
using program::throw_on_error;

int main() {
  constexpr std::string_view answer =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nready\n";
  raise_open_files_limit();
  const Socket listener = listen_on_loopback(0);
  const int listening = listener.get();
  const FileDescriptor events(::epoll_create1(EPOLL_CLOEXEC));
  throw_on_error(events.get(), "epoll_create1");
  ::epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = listening;
  throw_on_error(::epoll_ctl(events.get(), EPOLL_CTL_ADD, listening, &event),
                 "epoll_ctl");
  std::array<::epoll_event, 256> ready;
  for (;;) {
    const int count = ::epoll_wait(events.get(), ready.data(), ready.size(), -1);
    for (int i = 0; i < count; ++i) {
      const int socket = ready[static_cast<std::size_t>(i)].data.fd;
      if (socket == listening) {
        event.data.fd = ::accept(listening, nullptr, nullptr);
        if (event.data.fd >= 0)
          throw_on_error(
              ::epoll_ctl(events.get(), EPOLL_CTL_ADD, event.data.fd, &event),
              "epoll_ctl");
        continue;
      }
      std::array<char, 512> bytes;
      if (::recv(socket, bytes.data(), bytes.size(), 0) <= 0 ||
          ::send(socket, answer.data(), answer.size(), MSG_NOSIGNAL) <= 0)
        ::close(socket);
    }
  }
}
