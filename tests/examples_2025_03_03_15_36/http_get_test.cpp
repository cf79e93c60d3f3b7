// The client, against servers that answer as they should not.
#include "examples_2025_03_03_15_36/http_get.hpp"

#include <boost/asio/read_until.hpp>
#include <chrono>
#include <functional>
#include <future>
#include <latch>
#include <thread>

#include "tests/catch.hpp"
#include "tests/examples_2025_03_03_15_36/local_connection.hpp"

namespace asio = boost::asio;
using asio::ip::tcp;
using Catch::Matchers::ContainsSubstring;
using namespace std::chrono_literals;

namespace {

/// Takes one connection, reads its request, and sends the same answer to any.
class one_answer {
 public:
  /// @param stays the connection is not closed before this object's end.
  explicit one_answer(std::string answer, bool stays = false)
      : acceptor_(context_, {asio::ip::address_v4::loopback(), 0}),
        thread_([this, answer = std::move(answer), stays] {
          tcp::socket socket(context_);
          acceptor_.accept(socket);
          boost::system::error_code broken_off;
          asio::read_until(socket, asio::dynamic_buffer(request_), "\r\n\r\n",
                           broken_off);
          asio::write(socket, asio::buffer(answer), broken_off);
          if (stays) done_.wait();
        }) {}
  ~one_answer() { done_.count_down(); }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  /// What the client sent; call it once the client is done.
  std::string request() {
    if (thread_.joinable()) thread_.join();
    return request_;
  }

 private:
  asio::io_context context_;
  tcp::acceptor acceptor_;
  std::string request_;
  std::latch done_{1};
  std::jthread thread_;
};

std::string address(std::uint16_t port) {
  return "http://127.0.0.1:" + std::to_string(port);
}

}  // namespace

TEST_CASE("http_get sends a request and returns the body", "[http_get]") {
  const auto [answer, body] = GENERATE(table<std::string, std::string>({
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""},
      {"HTTP/1.1 200 OK\r\n\r\nuntil the end", "until the end"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
       "abc"},
  }));
  one_answer server(answer);
  CHECK(http_get("127.0.0.1", server.port(), "/a.jpg") == body);
  CHECK_THAT(server.request(), ContainsSubstring("GET /a.jpg HTTP/1.1\r\n"));
  CHECK_THAT(
      server.request(),
      ContainsSubstring("Host: 127.0.0.1:" + std::to_string(server.port()) + "\r\n"));
  CHECK_THAT(server.request(), ContainsSubstring("Connection: close\r\n"));
}

TEST_CASE("A wrong answer is an error that names the URL and what is wrong",
          "[http_get]") {
  const auto [answer, reason] = GENERATE(table<std::string, std::string>({
      {"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
       "500 Internal Server Error"},
      {"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone", "404 Not Found"},
      {"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n", "302 Found"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhal", "partial message"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 10000001\r\n\r\n", "body limit exceeded"},
      {"HTTP/1.1 200 OK\r\n\r\n" + std::string(10'000'001, 'x'), "body limit exceeded"},
      {"nonsense\r\n\r\n", "bad version"},
      {"", "end of stream"},
  }));
  one_answer server(answer);
  const std::string url = address(server.port()) + "/a.jpg: ";
  CHECK_THROWS_WITH(http_get("127.0.0.1", server.port(), "/a.jpg"),
                    ContainsSubstring(url) && ContainsSubstring(reason));
}

TEST_CASE("A server that sends nothing for ten seconds is given up", "[http_get]") {
  one_answer silent("", true),
      half("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhal", true);
  const auto start = std::chrono::steady_clock::now();
  const auto get = [](const one_answer& server) {
    return http_get("127.0.0.1", server.port(), "/a.jpg");
  };
  auto other = std::async(std::launch::async, get, std::cref(half));
  CHECK_THROWS_WITH(get(silent),
                    address(silent.port()) + "/a.jpg: Connection timed out");
  CHECK(std::chrono::steady_clock::now() - start >= 10s);
  CHECK_THROWS_WITH(other.get(), address(half.port()) + "/a.jpg: Connection timed out");
}

TEST_CASE("A server that can't be reached is an error that names the URL",
          "[http_get]") {
  asio::io_context context;
  tcp::acceptor taken(context, tcp::v4());            // so nobody else gets its port
  taken.bind({asio::ip::address_v4::loopback(), 0});  // and it does not listen
  const std::uint16_t closed = taken.local_endpoint().port();
  CHECK_THROWS_WITH(http_get("127.0.0.1", closed, "/a.jpg"),
                    address(closed) + "/a.jpg: Connection refused");
  // A name that no resolver knows, not even by asking.
  CHECK_THROWS_WITH(
      http_get("not a name", closed, "/a.jpg"),
      ContainsSubstring("http://not a name:") && ContainsSubstring("ost"));
}
