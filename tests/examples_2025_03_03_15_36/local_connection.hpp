#pragma once

/// @file
/// Bytes over a connection on this machine, for the tests of the server and its client.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <string>
#include <utility>

/// A client that sends what it is told to, whether or not it is HTTP.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(context_) {
    socket_.connect({boost::asio::ip::address_v4::loopback(), port});
  }

  void send(const std::string& bytes) {
    boost::asio::write(socket_, boost::asio::buffer(bytes));
  }

  /// Says that nothing more will be sent.
  void finish() { socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send); }

  /// All that is sent to it, until the other side ends or breaks off.
  std::string receive() {
    std::string bytes;
    boost::system::error_code ignored;
    boost::asio::read(socket_, boost::asio::dynamic_buffer(bytes), ignored);
    return bytes;
  }

 private:
  boost::asio::io_context context_;
  boost::asio::ip::tcp::socket socket_;
};

/// What a server answers to bytes that are sent in one connection.
inline std::string answer_to(std::uint16_t port, const std::string& bytes) {
  RawClient client(port);
  client.send(bytes);
  return client.receive();
}

/// The head of an answer, and its body.
inline std::pair<std::string, std::string> head_and_body(const std::string& answer) {
  const auto end = answer.find("\r\n\r\n");
  if (end == std::string::npos) return {answer, ""};
  return {answer.substr(0, end), answer.substr(end + 4)};
}
