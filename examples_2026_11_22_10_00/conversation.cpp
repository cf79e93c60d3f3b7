#include "examples_2026_11_22_10_00/conversation.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/verb.hpp>
#include <cstdint>
#include <utility>
#include <vector>

inline namespace book {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr std::uint32_t max_header_bytes = 8 * 1024;
constexpr std::uint64_t max_body_bytes = std::uint64_t{64} * 1024;
constexpr std::size_t max_buffered_bytes = std::size_t{2} * max_header_bytes;
constexpr std::size_t piece_bytes = 512;

Answer make_answer(http::status status, unsigned version, bool keep) {
  const bool is_good = status == http::status::ok;
  const std::string body = is_good ? "ready\n" : "";
  std::string bytes = fmt::format("HTTP/{}.{} {} {}\r\n", version / 10, version % 10,
                                  static_cast<unsigned>(status),
                                  std::string(http::obsolete_reason(status)));
  if (is_good) bytes += "Content-Type: text/plain\r\n";
  if (status == http::status::method_not_allowed) bytes += "Allow: GET\r\n";
  if (keep != (version == 11))  // what is not said anyway
    bytes += keep ? "Connection: keep-alive\r\n" : "Connection: close\r\n";
  bytes += fmt::format("Content-Length: {}\r\n\r\n{}", body.size(), body);
  return {std::move(bytes), is_good, keep};
}

// All answers that there are: they are made once, and sent from where they lie.
const Answer& find_answer(http::status status, unsigned version, bool keep) {
  static const auto all = [] {
    using enum http::status;
    std::vector<std::pair<http::status, std::array<Answer, 4>>> answers;
    for (const http::status one : {ok, bad_request, not_found, method_not_allowed,
                                   payload_too_large, request_header_fields_too_large})
      answers.push_back({one,
                         {make_answer(one, 10, false), make_answer(one, 10, true),
                          make_answer(one, 11, false), make_answer(one, 11, true)}});
    return answers;
  }();
  const auto found = std::find_if(all.begin(), all.end(), [status](const auto& one) {
    return one.first == status;
  });
  return found->second[(version == 11 ? 2u : 0u) + (keep ? 1u : 0u)];
}

}  // namespace

// Keeps of a request what its answer depends on. Beast's own parser keeps all fields.
class Conversation::Parser final : public http::basic_parser<true> {
 public:
  Parser() {
    header_limit(max_header_bytes);
    body_limit(max_body_bytes);
    eager(true);
  }

  http::status status() const { return status_; }
  unsigned version() const { return version_; }

 private:
  using View = beast::string_view;
  using Length = boost::optional<std::uint64_t>;

  void on_request_impl(http::verb method, View, View target, int version,
                       error_code&) override {
    version_ = version == 11 ? 11 : 10;
    if (method != http::verb::get)
      status_ = http::status::method_not_allowed;
    else if (target != "/")
      status_ = http::status::not_found;
  }
  void on_response_impl(int, View, int, error_code&) override {}
  void on_field_impl(http::field, View, View, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const Length&, error_code&) override {}
  std::size_t on_body_impl(View body, error_code&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, View, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View body, error_code&) override {
    return body.size();
  }
  void on_finish_impl(error_code&) override {}

  http::status status_ = http::status::ok;
  unsigned version_ = 11;
};

Conversation::Conversation()
    : buffer_(max_buffered_bytes), parser_(std::make_unique<Parser>()) {}

Conversation::~Conversation() = default;

asio::mutable_buffer Conversation::space() {
  return buffer_.prepare(piece_bytes);
}

void Conversation::received(std::size_t count) {
  buffer_.commit(count);
  if (is_over_) buffer_.clear();
}

const Answer* Conversation::next_answer() {
  if (is_over_) return nullptr;
  error_code error;
  while (!error && !parser_->is_done() && buffer_.size() > 0)
    buffer_.consume(parser_->put(buffer_.data(), error));
  if (error == http::error::need_more) {
    // Such as the head of a chunk that never ends.
    if (buffer_.size() > max_header_bytes) return answer_to(http::error::header_limit);
    return nullptr;
  }
  if (!error && !parser_->is_done()) return nullptr;
  return answer_to(error);
}

const Answer* Conversation::answer_to(const error_code& error) {
  const Answer* answer = nullptr;
  if (error) {
    http::status status = http::status::bad_request;
    if (error == http::error::header_limit)
      status = http::status::request_header_fields_too_large;
    if (error == http::error::body_limit) status = http::status::payload_too_large;
    answer = &find_answer(status, 11, false);
  } else {
    answer = &find_answer(parser_->status(), parser_->version(), parser_->keep_alive());
    parser_ = std::make_unique<Parser>();  // it reads one request
  }
  is_over_ = !answer->keeps_the_connection;
  if (is_over_) buffer_.clear();
  return answer;
}

}  // namespace book
