/// @file
/// @defgroup conversation conversation.hpp
/// @brief The protocol of the busy servers: HTTP, whoever waits for the bytes.
///
/// `GET /` is answered with a few bytes, and the connection is kept for the next
/// request (HTTP/1.1). A Conversation knows nothing of sockets, threads or coroutines:
/// a server passes in the bytes that came, and sends the answers.
/// @{
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <memory>
#include <string>

inline namespace book {

/// An answer, as its bytes are sent.
struct Answer {
  std::string bytes;          ///< The header, and the body if there is one.
  bool is_good;               ///< Whether it is one that takes time to find.
  bool keeps_the_connection;  ///< Whether another request may follow.
};

/// One client's requests, from the bytes that come to the answers to send.
///
/// A request may come in any number of pieces, and several in one. What is no request
/// is answered with 400, another target with 404, another method with 405, a body of
/// more than 64 KiB with 413, and a header of more than 8 KiB with 431. After an answer
/// that does not keep the connection, all that still comes is dropped.
class Conversation {
 public:
  Conversation();
  ~Conversation();
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  /// Where to put the bytes that come next.
  boost::asio::mutable_buffer space();

  /// Takes note of bytes that came.
  /// @param count How many were put into space().
  void received(std::size_t count);

  /// The answer to the next request; null if that has not come as a whole.
  const Answer* next_answer();

 private:
  class Parser;
  const Answer* answer_to(const boost::system::error_code& error);

  boost::beast::flat_buffer buffer_;
  std::unique_ptr<Parser> parser_;
  bool is_over_ = false;
};

}  // namespace book

/// @}
