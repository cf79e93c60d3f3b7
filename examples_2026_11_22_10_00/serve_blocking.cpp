#include "examples_2026_11_22_10_00/serve_blocking.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <chrono>
#include <string>
#include <thread>

#include "examples_2026_11_22_10_00/compute.hpp"
#include "examples_2026_11_22_10_00/conversation.hpp"

inline namespace book {

namespace asio = boost::asio;

namespace {

void set_timeout(int socket, std::chrono::milliseconds timeout) {
  const auto time = ::timeval{timeout.count() / 1000, timeout.count() % 1000 * 1000};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
  const int yes = 1;  // an answer is sent at once, though the one before is on its way
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

bool send_all(int socket, const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ::ssize_t count =
        ::send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return false;
    sent += static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace

void serve_blocking(const Socket& connection, const ServiceOptions& options) {
  using Clock = std::chrono::steady_clock;
  const int socket = connection.get();
  set_timeout(socket, options.timeout);
  Conversation conversation;
  auto end = Clock::now() + options.idle_timeout();
  while (Clock::now() < end) {  // or a byte now and then would keep it for ever
    const asio::mutable_buffer space = conversation.space();
    const ::ssize_t count = ::recv(socket, space.data(), space.size(), 0);
    if (count <= 0) return;  // the client has gone, or took too long
    conversation.received(static_cast<std::size_t>(count));
    while (const Answer* answer = conversation.next_answer()) {
      if (answer->is_good) {
        compute(options.compute);
        std::this_thread::sleep_for(options.think);
      }
      if (!send_all(socket, answer->bytes)) return;
      end = Clock::now() + options.idle_timeout();
      // What the client still sends is read until it ends, too: to close at once would
      // take back the answer.
      if (!answer->keeps_the_connection) ::shutdown(socket, SHUT_WR);
    }
  }
}

}  // namespace book
