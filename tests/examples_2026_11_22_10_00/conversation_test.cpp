#include "examples_2026_11_22_10_00/conversation.hpp"

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "tests/catch.hpp"

namespace {

/// The answers to bytes that come in pieces of a size.
std::vector<std::string> answers_to(const std::string& bytes, std::size_t piece) {
  Conversation conversation;
  std::vector<std::string> answers;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto space = conversation.space();
    const std::size_t count = std::min({piece, bytes.size() - at, space.size()});
    std::memcpy(space.data(), bytes.data() + at, count);
    conversation.received(count);
    at += count;
    while (const Answer* answer = conversation.next_answer())
      answers.push_back(answer->bytes.substr(0, answer->bytes.find('\r')));
  }
  return answers;
}

const std::string good = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
const std::string chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";

}  // namespace

TEST_CASE("requests are answered alike in whatever pieces they come",
          "[conversation]") {
  const std::string bytes = good + "GET /x HTTP/1.1\r\n\r\n" + good +
                            "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello" +
                            chunked + "3\r\nabc\r\n0\r\n\r\n" + good +
                            "GET / HTTP/1.0\r\n\r\n" + good;
  const std::vector<std::string> expected{
      "HTTP/1.1 200 OK",
      "HTTP/1.1 404 Not Found",
      "HTTP/1.1 200 OK",
      "HTTP/1.1 405 Method Not Allowed",
      "HTTP/1.1 405 Method Not Allowed",
      "HTTP/1.1 200 OK",
      "HTTP/1.0 200 OK"};  // the last one is dropped: HTTP/1.0 does not keep it
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece)
    CHECK(answers_to(bytes, piece) == expected);
}

TEST_CASE("what is too large is refused, and the rest of it dropped",
          "[conversation]") {
  const std::string huge(1'000'000, 'x');
  const std::vector<std::string> header{"HTTP/1.1 431 Request Header Fields Too Large"};
  const std::vector<std::string> body{"HTTP/1.1 413 Payload Too Large"};
  for (const std::size_t piece : {1ul, 100ul, 512ul}) {
    CHECK(answers_to("GET / HTTP/1.1\r\nX: " + huge, piece) == header);
    CHECK(answers_to("GET /" + huge, piece) == header);
    CHECK(answers_to("POST / HTTP/1.1\r\nContent-Length: 65537\r\n\r\n" + huge,
                     piece) == body);
    CHECK(answers_to(chunked + "fffff\r\n" + huge, piece) == body);
    CHECK(answers_to(chunked + "1;" + huge, piece).size() == 1);
  }
  const std::string largest(std::size_t{64} * 1024, 'x');
  CHECK(answers_to("POST / HTTP/1.1\r\nContent-Length: 65536\r\n\r\n" + largest, 512) ==
        std::vector<std::string>{"HTTP/1.1 405 Method Not Allowed"});
}

TEST_CASE("rubbish is answered once at most, and never throws", "[conversation]") {
  std::mt19937 random(1);
  using namespace std::string_literals;
  const std::string alphabet = "GET /HTP1.\r\n: chunkedTransfer-Encoding0\0\xff"s;
  for (int round = 0; round < 2000; ++round) {
    std::string bytes = round % 2 ? good : chunked;
    const std::size_t size = random() % 20'000;
    for (std::size_t i = 0; i < size; ++i)
      bytes += alphabet[random() % alphabet.size()];
    const auto answers = answers_to(bytes, 1 + random() % 600);
    const auto refused =
        std::count_if(answers.begin(), answers.end(), [](const std::string& answer) {
          return answer.find(" 400 ") != std::string::npos ||
                 answer.find(" 431 ") != std::string::npos;
        });
    CHECK(refused <= 1);
  }
}
