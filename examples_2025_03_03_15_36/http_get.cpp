#include "examples_2025_03_03_15_36/http_get.hpp"

#include <fmt/core.h>
#include <poll.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <stdexcept>
#include <utility>

inline namespace book {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using boost::system::system_error;

namespace {

using Response = http::response<http::string_body>;

constexpr std::uint64_t body_limit = 10'000'000;

// The reading side of a connection, which gives up when nothing comes for too
// long. Beast's own timeouts hold for its asynchronous calls only, and Asio
// goes on waiting after a timeout that was set on the socket (SO_RCVTIMEO).
class ReadsWithTimeout {
 public:
  ReadsWithTimeout(tcp::socket& socket, std::chrono::milliseconds timeout)
      : socket_(socket), timeout_(timeout) {}

  template <class Buffers>
  std::size_t read_some(const Buffers& buffers, error_code& error) {
    ::pollfd readable{socket_.native_handle(), POLLIN, 0};
    if (::poll(&readable, 1, static_cast<int>(timeout_.count())) != 0)
      return socket_.read_some(buffers, error);
    error = asio::error::timed_out;
    return 0;
  }

  template <class Buffers>
  std::size_t read_some(const Buffers& buffers) {
    error_code error;
    const std::size_t count = read_some(buffers, error);
    if (error) throw system_error(error);
    return count;
  }

 private:
  tcp::socket& socket_;
  std::chrono::milliseconds timeout_;
};

// What is fetched: its request, and what there is to say of its answer.
struct File {
  std::string host;
  std::uint16_t port;
  std::string target;

  http::request<http::empty_body> request() const {
    http::request<http::empty_body> request(http::verb::get, target, 11);
    request.set(http::field::host, fmt::format("{}:{}", host, port));
    request.keep_alive(false);
    return request;
  }

  std::runtime_error error(const std::string& reason) const {
    return std::runtime_error(
        fmt::format("http://{}:{}{}: {}", host, port, target, reason));
  }

  std::string body_of(Response response) const {
    if (response.result() != http::status::ok)
      throw error(
          fmt::format("{} {}", response.result_int(), std::string(response.reason())));
    return std::move(response.body());
  }
};

Response exchange(const File& file, std::chrono::milliseconds timeout) {
  asio::io_context context;
  tcp::socket socket(context);
  asio::connect(socket,
                tcp::resolver(context).resolve(file.host, std::to_string(file.port)));

  http::write(socket, file.request());

  ReadsWithTimeout connection(socket, timeout);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> response;
  response.body_limit(body_limit);
  http::read(connection, buffer, response);
  return response.release();
}

}  // namespace

std::string http_get(const std::string& host, std::uint16_t port,
                     const std::string& target, std::chrono::milliseconds timeout) {
  const File file{host, port, target};
  try {
    return file.body_of(exchange(file, timeout));
  } catch (const system_error& error) {
    throw file.error(error.code().message());
  }
}

// The same as coroutines.
namespace {

// Asio asks for a name on a thread of its own, since the system's call for that blocks.
// An address needs no asking.
asio::awaitable<tcp::resolver::results_type> async_resolve(const File& file) {
  const std::string port = std::to_string(file.port);
  error_code is_a_name;
  const auto address = asio::ip::make_address(file.host, is_a_name);
  if (!is_a_name)
    co_return tcp::resolver::results_type::create({address, file.port}, file.host,
                                                  port);
  tcp::resolver resolver(co_await asio::this_coro::executor);
  co_return co_await resolver.async_resolve(file.host, port, asio::use_awaitable);
}

asio::awaitable<Response> async_exchange(const File& file,
                                         std::chrono::milliseconds timeout) {
  const auto endpoints = co_await async_resolve(file);
  beast::tcp_stream stream(co_await asio::this_coro::executor);
  stream.expires_after(timeout);
  co_await stream.async_connect(endpoints, asio::use_awaitable);

  const auto request = file.request();
  co_await http::async_write(stream, request, asio::use_awaitable);

  beast::flat_buffer buffer;
  http::response_parser<http::string_body> response;
  response.body_limit(body_limit);
  while (!response.is_done()) {
    stream.expires_after(timeout);  // anew with whatever has come
    co_await http::async_read_some(stream, buffer, response, asio::use_awaitable);
  }
  co_return response.release();
}

}  // namespace

asio::awaitable<std::string> async_http_get(std::string host, std::uint16_t port,
                                            std::string target,
                                            std::chrono::milliseconds timeout) {
  const File file{std::move(host), port, std::move(target)};
  try {
    co_return file.body_of(co_await async_exchange(file, timeout));
  } catch (const system_error& error) {
    const bool too_late = error.code() == beast::error::timeout;
    const error_code code = too_late ? asio::error::timed_out : error.code();
    throw file.error(code.message());
  }
}

}  // namespace book
