// The steps from Beast, used as its examples use it, to the busy server by coroutines,
// each with what the ones before it gained:
//
//     busy_server_steps beast           tcp_stream, async_read, async_write
//     busy_server_steps known-executor  the same, with the executor written out
//     busy_server_steps one-timeout     the same, with one timeout for all
//
// The step after these is 6_3_server_coroutines itself. Takes the options of a server
// behind the step. Ends at Ctrl-C.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "examples_2026_11_22_10_00/coroutine_server.hpp"
#include "examples_2026_11_22_10_00/idle_timeouts.hpp"
#include "examples_2026_11_22_10_00/listener.hpp"
#include "examples_2026_11_22_10_00/service_options.hpp"

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

http::response<http::string_body> answer(
    const http::request<http::empty_body>& request) {
  http::response<http::string_body> response(http::status::ok, request.version());
  response.set(http::field::content_type, "text/plain");
  response.keep_alive(request.keep_alive());
  response.body() = "ready\n";
  response.prepare_payload();
  return response;
}

// A client, to its end. What it does wrong ends it with an exception.
template <class Stream>
asio::awaitable<void, typename Stream::executor_type> serve(
    Stream stream, const ServiceOptions& options,
    std::shared_ptr<IdleTimeouts> limits) {
  using Executor = typename Stream::executor_type;
  constexpr asio::use_awaitable_t<Executor> waiting;
  constexpr bool has_own_limit =
      requires { stream.expires_after(options.idle_timeout()); };
  std::optional<IdleTimeouts::Watch> limit;
  if constexpr (!has_own_limit) limit.emplace(std::move(limits), stream);
  typename asio::steady_timer::rebind_executor<Executor>::other thinking(
      stream.get_executor());
  beast::flat_buffer buffer;
  for (bool keeps = true; keeps;) {
    http::request<http::empty_body> request;
    if constexpr (has_own_limit) stream.expires_after(options.idle_timeout());
    co_await http::async_read(stream, buffer, request, waiting);
    thinking.expires_after(options.think);
    co_await thinking.async_wait(waiting);
    const auto response = answer(request);
    co_await http::async_write(stream, response, waiting);
    if constexpr (!has_own_limit) limit->restart();
    keeps = response.keep_alive();
  }
}

template <class Stream>
LoopTask serve_all(LoopAcceptor& acceptor, const ServiceOptions& options) {
  const auto executor = acceptor.get_executor();
  const auto limits = std::make_shared<IdleTimeouts>(options.idle_timeout());
  asio::co_spawn(executor, IdleTimeouts::enforce(limits), asio::detached);
  for (;;) {
    // For some streams it has another type.
    // NOLINTNEXTLINE(performance-unnecessary-copy-initialization)
    typename Stream::executor_type own(executor);
    auto socket = co_await acceptor.async_accept(own, awaiting);
    socket.set_option(tcp::no_delay(true));
    // A client that has gone is no error of the server's.
    asio::co_spawn(executor, serve(Stream(std::move(socket)), options, limits),
                   asio::detached);
  }
}

using Serve = LoopTask (*)(LoopAcceptor&, const ServiceOptions&);

Serve serve_of(std::string_view step) {
  if (step == "beast") return serve_all<beast::tcp_stream>;
  if (step == "known-executor")
    return serve_all<beast::tcp_stream::rebind_executor<LoopExecutor>::other>;
  if (step == "one-timeout") return serve_all<LoopSocket>;
  throw std::invalid_argument("unknown step");
}

}  // namespace

int main(int argc, char** argv) {
  const Serve serve = serve_of(argc > 1 ? argv[1] : "");
  const ServiceOptions options = service_options(argc - 1, argv + 1);
  raise_open_files_limit();
  asio::io_context loop(1);
  LoopAcceptor acceptor = listen_on(loop, options.port);
  print_port(acceptor.local_endpoint().port());
  asio::co_spawn(loop, serve(acceptor, options), asio::detached);
  loop.run();
}
