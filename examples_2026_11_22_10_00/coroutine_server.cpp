#include "examples_2026_11_22_10_00/coroutine_server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <list>
#include <memory>

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;
using Socket = asio::basic_stream_socket<tcp, LoopExecutor>;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, LoopExecutor>;
constexpr asio::use_awaitable_t<LoopExecutor> awaiting;
constexpr auto awaiting_result = asio::as_tuple(awaiting);

// ---- Time limits --------------------------------------------------------------------

// The sockets of a loop, the one whose client was answered longest ago first. All have
// the same limit, so one timer is enough for all of them: nothing is set or cancelled
// with each request, but an entry is moved to the end.
class TimeLimits {
  struct Entry {
    Socket* socket;
    Clock::time_point end;
  };

 public:
  explicit TimeLimits(Clock::duration limit) : limit_(limit) {}

  // Limits a socket's waits for as long as this lives.
  class Watch {
   public:
    Watch(std::shared_ptr<TimeLimits> limits, Socket& socket)
        : limits_(std::move(limits)) {
      limits_->entries_.push_back({&socket, Clock::now() + limits_->limit_});
      entry_ = std::prev(limits_->entries_.end());
    }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch() { limits_->entries_.erase(entry_); }

    void restart() {
      entry_->end = Clock::now() + limits_->limit_;
      limits_->entries_.splice(limits_->entries_.end(), limits_->entries_, entry_);
    }

   private:
    std::shared_ptr<TimeLimits> limits_;  // a loop destroys its coroutines in any order
    std::list<Entry>::iterator entry_;
  };

  // What a coroutine waits for on a socket that is over its limit fails.
  static LoopTask enforce(std::shared_ptr<TimeLimits> limits) {
    Timer timer(co_await asio::this_coro::executor);
    for (;;) {
      timer.expires_after(std::min<Clock::duration>(limits->limit_, 500ms));
      co_await timer.async_wait(awaiting);
      const auto now = Clock::now();
      for (const Entry& entry : limits->entries_) {
        if (entry.end > now) break;
        error_code ignored;
        entry.socket->close(ignored);
      }
    }
  }

 private:
  Clock::duration limit_;
  std::list<Entry> entries_;
};

// ---- One client ---------------------------------------------------------------------

LoopTask serve(Socket socket, const ServiceOptions& options,
               std::shared_ptr<TimeLimits> limits) {
  TimeLimits::Watch limit(std::move(limits), socket);
  Timer thinking(socket.get_executor());
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
      limit.restart();
      // What the client still sends is read until it ends, too: to close at once would
      // take back the answer.
      error_code ignored;
      if (!answer->keeps_the_connection)
        socket.shutdown(Socket::shutdown_send, ignored);
    }
  }
}

// ---- A port that several sockets listen on
// -------------------------------------------

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
  const auto limits = std::make_shared<TimeLimits>(options.limit());
  asio::co_spawn(executor, TimeLimits::enforce(limits), asio::detached);
  Timer timer(executor);
  for (;;) {
    auto [error, socket] = co_await acceptor.async_accept(awaiting_result);
    if (!error) {
      error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      asio::co_spawn(executor, serve(std::move(socket), options, limits),
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
