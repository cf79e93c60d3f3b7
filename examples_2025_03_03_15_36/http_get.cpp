#include "examples_2025_03_03_15_36/http_get.hpp"

#include <fmt/core.h>
#include <poll.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <stdexcept>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using boost::system::system_error;

namespace {

// The reading side of a connection, which gives up when nothing comes for ten
// seconds. Beast's own time limits hold for its asynchronous calls only, and Asio
// goes on waiting after a limit that was set on the socket (SO_RCVTIMEO).
class ReadsWithLimit {
 public:
  explicit ReadsWithLimit(tcp::socket& socket) : socket_(socket) {}

  template <class Buffers>
  std::size_t read_some(const Buffers& buffers, error_code& error) {
    ::pollfd readable{socket_.native_handle(), POLLIN, 0};
    if (::poll(&readable, 1, 10'000) != 0) return socket_.read_some(buffers, error);
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
};

http::response<http::string_body> exchange(
    const std::string& host, std::uint16_t port,
    const http::request<http::empty_body>& request) {
  asio::io_context context;
  tcp::socket socket(context);
  asio::connect(socket, tcp::resolver(context).resolve(host, std::to_string(port)));

  http::write(socket, request);

  ReadsWithLimit connection(socket);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> response;
  response.body_limit(10'000'000);
  http::read(connection, buffer, response);
  return response.release();
}

}  // namespace

std::string http_get(const std::string& host, std::uint16_t port,
                     const std::string& target) {
  const auto fail = [&](const std::string& reason) {
    return std::runtime_error(
        fmt::format("http://{}:{}{}: {}", host, port, target, reason));
  };

  http::request<http::empty_body> request(http::verb::get, target, 11);
  request.set(http::field::host, fmt::format("{}:{}", host, port));
  request.keep_alive(false);
  try {
    auto response = exchange(host, port, request);
    if (response.result() != http::status::ok)
      throw fail(
          fmt::format("{} {}", response.result_int(), std::string(response.reason())));
    return std::move(response.body());
  } catch (const system_error& error) {
    throw fail(error.code().message());
  }
}
