#include "examples_2025_03_03_15_36/file_server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/write.hpp>

#include "examples_2025_03_03_15_36/thread_names.hpp"

inline namespace book {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using namespace std::chrono_literals;

namespace {

using Request = http::request<http::empty_body>;
using Response = http::response<http::span_body<const char>>;

// An answer refers to the file's bytes where they lie: nothing is copied.
Response respond(const Request& request, const FileSet& files) {
  Response response(http::status::ok, request.version());
  const std::string target(request.target());
  const auto file = files.find(target.substr(target.empty() ? 0 : 1));
  if (request.method() != http::verb::get) {
    response.result(http::status::method_not_allowed);
    response.set(http::field::allow, "GET");
  } else if (!target.starts_with('/') || file == files.end()) {
    response.result(http::status::not_found);
  } else {
    response.set(http::field::content_type, "application/octet-stream");
    response.body() = {file->second.data(), file->second.size()};
  }
  response.keep_alive(false);
  response.prepare_payload();
  return response;
}

asio::awaitable<void> wait(std::chrono::milliseconds duration) {
  asio::steady_timer timer(co_await asio::this_coro::executor, duration);
  co_await timer.async_wait(asio::use_awaitable);
}

// One connection: one request and its answer. Whatever goes wrong on the way ends
// this connection, and no other one.
asio::awaitable<void> serve(beast::tcp_stream stream, const FileSet& files,
                            std::chrono::milliseconds delay,
                            std::chrono::milliseconds timeout) {
  beast::flat_buffer buffer;
  http::request_parser<http::empty_body> parser;
  parser.header_limit(8192);
  stream.expires_after(timeout);
  const auto [error, count] = co_await http::async_read_header(
      stream, buffer, parser, asio::as_tuple(asio::use_awaitable));

  Response response(http::status::bad_request, 11);
  response.keep_alive(false);
  response.prepare_payload();
  if (!error) {
    co_await wait(delay);
    response = respond(parser.get(), files);
  } else if (error == beast::error::timeout || error == http::error::end_of_stream) {
    co_return;
  }

  stream.expires_after(timeout);
  co_await http::async_write(stream, response, asio::use_awaitable);
  stream.socket().shutdown(tcp::socket::shutdown_send);
}

asio::awaitable<void> accept_connections(tcp::acceptor& acceptor, const FileSet& files,
                                         std::chrono::milliseconds delay,
                                         std::chrono::milliseconds timeout) {
  for (;;) {
    auto [error, socket] =
        co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
    if (error)  // such as too many open files: some will be closed soon
      co_await wait(10ms);
    else
      asio::co_spawn(acceptor.get_executor(),
                     serve(beast::tcp_stream(std::move(socket)), files, delay, timeout),
                     asio::detached);
  }
}

}  // namespace

FileServer::FileServer(FileSet files, std::chrono::milliseconds delay,
                       std::chrono::milliseconds timeout)
    : files_(std::move(files)),
      delay_(delay),
      timeout_(timeout),
      context_(1),
      acceptor_(context_, {asio::ip::address_v4::loopback(), 0}),
      thread_([this] {
        name_this_thread("server");
        asio::co_spawn(context_,
                       accept_connections(acceptor_, files_, delay_, timeout_),
                       asio::detached);
        context_.run();
      }) {}

FileServer::~FileServer() {
  context_.stop();
  thread_.join();
}

std::string FileServer::host() const {
  return acceptor_.local_endpoint().address().to_string();
}

std::uint16_t FileServer::port() const {
  return acceptor_.local_endpoint().port();
}

asio::any_io_executor FileServer::executor() {
  return context_.get_executor();
}

}  // namespace book
