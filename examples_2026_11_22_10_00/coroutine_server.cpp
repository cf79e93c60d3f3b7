#include "examples_2026_11_22_10_00/coroutine_server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/write.hpp>
#include <memory>

#include "examples_2026_11_22_10_00/compute.hpp"
#include "examples_2026_11_22_10_00/conversation.hpp"
#include "examples_2026_11_22_10_00/idle_timeouts.hpp"
#include "examples_2026_11_22_10_00/listener.hpp"

inline namespace book {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;

namespace {

constexpr auto awaiting_result = asio::as_tuple(awaiting);

// ---- One client ---------------------------------------------------------------------

LoopTask serve(LoopSocket socket, const ServiceOptions& options,
               std::shared_ptr<IdleTimeouts> timeouts) {
  IdleTimeouts::Watch timeout(std::move(timeouts), socket);
  LoopTimer thinking(socket.get_executor());
  Conversation conversation;
  for (;;) {
    const auto [failure, count] =
        co_await socket.async_read_some(conversation.space(), awaiting_result);
    if (failure) co_return;  // the client has gone, or took too long
    conversation.received(count);
    while (const Answer* answer = conversation.next_answer()) {
      if (answer->is_good) compute(options.compute);
      if (answer->is_good && options.think > 0ms) {
        thinking.expires_after(options.think);
        co_await thinking.async_wait(awaiting);
      }
      const auto [unsent, sent] = co_await asio::async_write(
          socket, asio::buffer(answer->bytes), awaiting_result);
      if (unsent) co_return;
      timeout.restart();
      // What the client still sends is read until it ends, too: to close at once would
      // take back the answer.
      error_code ignored;
      if (!answer->keeps_the_connection)
        socket.shutdown(LoopSocket::shutdown_send, ignored);
    }
  }
}

// ---- A port that several sockets listen on ------------------------------------------

// Asio has no name for this option.
class ReusePort {
 public:
  template <class Protocol>
  int level(const Protocol&) const {
    return SOL_SOCKET;
  }
  template <class Protocol>
  int name(const Protocol&) const {
    return SO_REUSEPORT;
  }
  template <class Protocol>
  const void* data(const Protocol&) const {
    return &on_;
  }
  template <class Protocol>
  std::size_t size(const Protocol&) const {
    return sizeof on_;
  }

 private:
  int on_ = 1;
};

}  // namespace

// ---- All clients --------------------------------------------------------------------

LoopTask serve_connections(LoopAcceptor& acceptor, ServiceOptions options) {
  const auto executor = acceptor.get_executor();
  const auto timeouts = std::make_shared<IdleTimeouts>(options.idle_timeout());
  asio::co_spawn(executor, IdleTimeouts::enforce(timeouts), asio::detached);
  LoopTimer timer(executor);
  for (;;) {
    auto [error, socket] = co_await acceptor.async_accept(awaiting_result);
    if (!error) {
      error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      asio::co_spawn(executor, serve(std::move(socket), options, timeouts),
                     asio::detached);
    } else if (error != asio::error::connection_aborted) {
      report_refused_connection(error);  // such as too many open files
      timer.expires_after(10ms);
      co_await timer.async_wait(awaiting);
    }
  }
}

LoopAcceptor listen_on(asio::io_context& loop, std::uint16_t port, bool shared) {
  LoopAcceptor acceptor(loop.get_executor());
  const tcp::endpoint address(asio::ip::address_v4::loopback(), port);
  acceptor.open(address.protocol());
  acceptor.set_option(tcp::acceptor::reuse_address(true));
  if (shared) acceptor.set_option(ReusePort());
  acceptor.bind(address);
  acceptor.listen(tcp::acceptor::max_listen_connections);
  return acceptor;
}

}  // namespace book
