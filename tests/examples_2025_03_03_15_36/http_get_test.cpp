// The client, blocking and as a coroutine, against servers that answer as they should
// not.
#include "examples_2025_03_03_15_36/http_get.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <functional>
#include <future>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include "tests/catch.hpp"
#include "tests/examples_2025_03_03_15_36/local_connection.hpp"

namespace asio = boost::asio;
using asio::ip::tcp;
using Catch::Matchers::ContainsSubstring;
using namespace std::chrono_literals;

namespace {

/// Takes one connection, reads its request, and sends the same answer to any.
class OneAnswer {
 public:
  /// @param stays the connection is not closed before this object's end.
  explicit OneAnswer(std::string answer, bool stays = false)
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
  ~OneAnswer() { done_.count_down(); }

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

/// http_get(), by the coroutine.
std::string http_get_by_coroutine(const std::string& host, std::uint16_t port,
                                  const std::string& target,
                                  std::chrono::milliseconds timeout) {
  asio::io_context loop;
  auto bytes = asio::co_spawn(loop, async_http_get(host, port, target, timeout),
                              asio::use_future);
  loop.run();
  return bytes.get();
}

/// Every guarantee is given by both.
constexpr auto both = {&http_get, &http_get_by_coroutine};

std::string address(std::uint16_t port) {
  return "http://127.0.0.1:" + std::to_string(port);
}

}  // namespace

TEST_CASE("http_get sends a request and returns the body", "[http_get]") {
  const auto get = GENERATE(values(both));
  const auto [answer, body] = GENERATE(table<std::string, std::string>({
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""},
      {"HTTP/1.1 200 OK\r\n\r\nuntil the end", "until the end"},
      {"HTTP/1.1 200 OK\r\n\r\n" + std::string(10'000'000, 'x'),
       std::string(10'000'000, 'x')},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
       "abc"},
  }));
  OneAnswer server(answer);
  CHECK(get("127.0.0.1", server.port(), "/a.jpg", 1min) == body);
  CHECK_THAT(server.request(), ContainsSubstring("GET /a.jpg HTTP/1.1\r\n"));
  CHECK_THAT(
      server.request(),
      ContainsSubstring("Host: 127.0.0.1:" + std::to_string(server.port()) + "\r\n"));
  CHECK_THAT(server.request(), ContainsSubstring("Connection: close\r\n"));
}

TEST_CASE("A wrong answer is an error that names the URL and what is wrong",
          "[http_get]") {
  const auto get = GENERATE(values(both));
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
  OneAnswer server(answer);
  const std::string url = address(server.port()) + "/a.jpg: ";
  CHECK_THROWS_WITH(get("127.0.0.1", server.port(), "/a.jpg", 1min),
                    ContainsSubstring(url) && ContainsSubstring(reason));
}

TEST_CASE("A server that sends nothing for too long is given up", "[http_get]") {
  struct Waiting {
    std::unique_ptr<OneAnswer> server;
    std::future<std::string> bytes;
  };
  constexpr auto limit = 300ms;
  const auto start = std::chrono::steady_clock::now();
  std::vector<Waiting> all;
  for (const auto get : both)
    for (const std::string answer :
         {"", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhal"}) {
      auto server = std::make_unique<OneAnswer>(answer, true);
      auto bytes = std::async(std::launch::async, get, "127.0.0.1", server->port(),
                              "/a.jpg", limit);
      all.push_back({std::move(server), std::move(bytes)});
    }
  for (auto& [server, bytes] : all) {
    CHECK_THROWS_WITH(bytes.get(),
                      address(server->port()) + "/a.jpg: Connection timed out");
    CHECK(std::chrono::steady_clock::now() - start >= limit);
  }
}

TEST_CASE("A server that is slow, but sends, is not given up", "[http_get]") {
  asio::io_context context;
  tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
  std::vector<std::future<std::string>> all;
  std::vector<tcp::socket> servers;
  // The whole answer takes longer than the limit, each part by far not so long.
  constexpr std::chrono::milliseconds limit = 5s;
  const auto start = std::chrono::steady_clock::now();
  for (const auto get : both) {
    all.push_back(std::async(std::launch::async, get, "127.0.0.1",
                             acceptor.local_endpoint().port(), "/a.jpg", limit));
    servers.push_back(acceptor.accept());
  }
  const std::string body = "abcdefghijklmnopqrstuvwxyz";
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 26\r\n\r\n";
  for (auto& server : servers) asio::write(server, asio::buffer(head));
  for (const char& byte : body) {
    std::this_thread::sleep_for(limit / 20);
    for (auto& server : servers) asio::write(server, asio::buffer(&byte, 1));
  }
  CHECK(std::chrono::steady_clock::now() - start > limit);
  for (auto& bytes : all) CHECK(bytes.get() == body);
}

TEST_CASE("Coroutines wait for their servers side by side on one thread",
          "[http_get]") {
  asio::io_context context;
  tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
  const std::uint16_t port = acceptor.local_endpoint().port();
  asio::io_context loop;
  std::vector<std::future<std::string>> all;
  const std::string names = "0123456789";
  for (const char name : names)
    all.push_back(
        asio::co_spawn(loop, async_http_get("127.0.0.1", port, std::string{'/', name}),
                       asio::use_future));
  std::jthread server([&] {
    // Nobody is answered before all have asked.
    std::vector<tcp::socket> sockets;
    std::vector<std::string> requests(names.size());
    for (auto& request : requests) {
      sockets.push_back(acceptor.accept());
      asio::read_until(sockets.back(), asio::dynamic_buffer(request), "\r\n\r\n");
    }
    for (std::size_t n = 0; n < sockets.size(); ++n)
      asio::write(sockets[n],
                  asio::buffer("HTTP/1.1 200 OK\r\n\r\n" + requests[n].substr(5, 1)));
  });
  loop.run();
  for (std::size_t n = 0; n < all.size(); ++n)
    CHECK(all[n].get() == names.substr(n, 1));
}

TEST_CASE("A server that can't be reached is an error that names the URL",
          "[http_get]") {
  const auto get = GENERATE(values(both));
  asio::io_context context;
  tcp::acceptor taken(context, tcp::v4());            // so nobody else gets its port
  taken.bind({asio::ip::address_v4::loopback(), 0});  // and it does not listen
  const std::uint16_t closed = taken.local_endpoint().port();
  CHECK_THROWS_WITH(get("127.0.0.1", closed, "/a.jpg", 1min),
                    address(closed) + "/a.jpg: Connection refused");
  // A name that no resolver knows, not even by asking.
  CHECK_THROWS_WITH(
      get("not a name", closed, "/a.jpg", 1min),
      ContainsSubstring("http://not a name:") && ContainsSubstring("ost"));
}
