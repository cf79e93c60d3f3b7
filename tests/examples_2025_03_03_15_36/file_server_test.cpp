// The server within the program: its answers, its timeout, and its end.
#include "examples_2025_03_03_15_36/file_server.hpp"

#include <boost/asio/post.hpp>
#include <deque>
#include <future>
#include <optional>

#include "examples_2025_03_03_15_36/http_get.hpp"
#include "tests/catch.hpp"
#include "tests/examples_2025_03_03_15_36/local_connection.hpp"

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: here\r\n\r\n";
}

const FileSet files{{"photo.jpg", std::string("a\0b\r\n\r\n\xff", 8)},
                    {"empty.jpg", ""}};

}  // namespace

TEST_CASE("A file is served byte for byte", "[file_server]") {
  const FileSet photos = make_photos(3);
  FileServer server(photos, 0ms);
  CHECK(server.host() == "127.0.0.1");
  for (const auto& [name, bytes] : photos)
    CHECK(http_get(server.host(), server.port(), "/" + name) == bytes);

  FileServer other(files, 0ms);
  for (const auto& [name, bytes] : files) {
    const auto [head, body] = head_and_body(answer_to(other.port(), get("/" + name)));
    CHECK_THAT(head, ContainsSubstring("HTTP/1.1 200 OK"));
    CHECK_THAT(head,
               ContainsSubstring("Content-Length: " + std::to_string(bytes.size())));
    CHECK(body == bytes);
  }
}

TEST_CASE("What is no request for a file is answered with why", "[file_server]") {
  const auto [request, status] = GENERATE(table<std::string, std::string>({
      {get("/none.jpg"), "404 Not Found"},
      {get("/"), "404 Not Found"},
      {get("/photo.jpg?size=2"), "404 Not Found"},
      {get("/../photo.jpg"), "404 Not Found"},
      {get("photo.jpg"), "404 Not Found"},
      {get("xphoto.jpg"), "404 Not Found"},
      {"POST /photo.jpg HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
       "405 Method Not Allowed"},
      {"HEAD /photo.jpg HTTP/1.1\r\n\r\n", "405 Method Not Allowed"},
      {"rubbish\r\n\r\n", "400 Bad Request"},
      {std::string("\0\xff\r\n\r\n", 6), "400 Bad Request"},
      {"GET /photo.jpg HTTP/9.9\r\n\r\n", "400 Bad Request"},
      {"GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n",
       "400 Bad Request"},
  }));
  FileServer server(files, 0ms);
  const auto [head, body] = head_and_body(answer_to(server.port(), request));
  CAPTURE(request);
  CHECK_THAT(head, ContainsSubstring(status));
  CHECK(body.empty());
  // And it serves on.
  CHECK(http_get(server.host(), server.port(), "/photo.jpg") == files.at("photo.jpg"));
}

TEST_CASE("A request that breaks off harms nobody", "[file_server]") {
  FileServer server(files, 0ms);
  RawClient none(server.port()), half(server.port());
  none.finish();
  CHECK(none.receive().empty());
  half.send("GET /pho");
  half.finish();
  half.receive();  // an answer or none
  for (int i = 0; i < 300; ++i) {
    RawClient gone(server.port());
    gone.send(get("/photo.jpg"));
  }
  CHECK(http_get(server.host(), server.port(), "/photo.jpg") == files.at("photo.jpg"));
}

TEST_CASE("Requests wait out their delay side by side", "[file_server]") {
  constexpr int clients = 100;  // each with descriptors of its own
  constexpr auto delay = 500ms;
  const FileSet photos = make_photos(1);
  FileServer server(photos, delay);
  const auto start = std::chrono::steady_clock::now();
  std::deque<RawClient> all;
  for (int i = 0; i < clients; ++i)
    all.emplace_back(server.port()).send(get("/photo-01.jpg"));
  for (auto& client : all)
    CHECK(head_and_body(client.receive()).second == photos.at("photo-01.jpg"));
  const auto taken = std::chrono::steady_clock::now() - start;
  CHECK(taken >= delay);
  CHECK(taken < clients * delay / 4);
}

TEST_CASE("A silent client is hung up on after a while", "[file_server]") {
  constexpr auto timeout = 300ms;
  FileServer server(files, 0ms, timeout);
  const auto start = std::chrono::steady_clock::now();
  RawClient silent(server.port()), slow(server.port());
  slow.send("GET /photo.jpg HTTP/1.1\r\n");
  CHECK(silent.receive().empty());
  CHECK(slow.receive().empty());
  CHECK(std::chrono::steady_clock::now() - start >= timeout);
}

TEST_CASE("Nobody waits for a silent client", "[file_server]") {
  FileServer server(files, 0ms, 1h);
  RawClient silent(server.port()), slow(server.port());
  slow.send("GET /photo.jpg HTTP/1.1\r\n");
  CHECK(http_get(server.host(), server.port(), "/photo.jpg") == files.at("photo.jpg"));
}

TEST_CASE("Its end breaks off what is under way", "[file_server]") {
  std::optional<FileServer> server(std::in_place, files, 1h);
  RawClient waiting(server->port()), half(server->port()), silent(server->port());
  waiting.send(get("/photo.jpg"));
  half.send("GET /pho");
  // Connections are taken in their order: all three are, once this one is answered.
  CHECK_THAT(answer_to(server->port(), "rubbish\r\n\r\n"), ContainsSubstring("400"));
  server.reset();  // in an hour, if it waited
  CHECK(waiting.receive().empty());
  CHECK(half.receive().empty());
  CHECK(silent.receive().empty());
}

TEST_CASE("Each server has a port of its own", "[file_server]") {
  FileServer one(files, 0ms), two({{"photo.jpg", "two"}}, 0ms);
  CHECK(one.port() != two.port());
  CHECK(http_get(two.host(), two.port(), "/photo.jpg") == "two");
  CHECK(http_get(one.host(), one.port(), "/photo.jpg") == files.at("photo.jpg"));
}

TEST_CASE("Its executor runs what it is given on its thread", "[file_server]") {
  FileServer server(files, 0ms);
  std::promise<std::thread::id> thread;
  boost::asio::post(server.executor(),
                    [&thread] { thread.set_value(std::this_thread::get_id()); });
  CHECK(thread.get_future().get() != std::this_thread::get_id());
}
