/// @file
/// @defgroup http_service http_service.hpp
/// @brief The service of the busy server: what all its servers share, however they
/// wait.
///
/// `GET /` is answered with a few bytes after a fixed think time, and the connection is
/// kept for the next request (HTTP/1.1). Conversation has the protocol, and knows
/// nothing of sockets, threads or coroutines: a server passes in the bytes that came,
/// and sends the answers.
/// @{
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

inline namespace book {

/// What the servers can be told on their command lines.
struct ServiceOptions {
  /// The port on 127.0.0.1; 0 for a free one.
  std::uint16_t port = 0;
  /// How long it takes to find the answer to a request.
  std::chrono::milliseconds think{10};
  /// How long finding it keeps a core busy.
  std::chrono::microseconds compute{0};
  /// How long a client may take for its request, and for taking in the answer.
  std::chrono::milliseconds timeout{60'000};

  /// How long a connection may go without an answer.
  std::chrono::milliseconds idle_timeout() const { return think + timeout; }
};

/// Reads a server's options: `--port`, `--think-ms`, `--timeout-ms`,
///   `--compute-us`, `--load`.
///
/// With `--load N` the program becomes the load generator, which starts this server
/// anew without that option, and loads it with N connections of five requests each.
///
/// @param argc As `main` receives it.
/// @param argv As `main` receives it.
/// @param loops Where to put the number of loops, for a server with an option
/// `--loops`.
/// @return The options. Ends the program where they are wrong.
ServiceOptions service_options(int argc, char** argv, int* loops = nullptr);

/// Lets this process open as many files as its hard limit allows.
void raise_open_files_limit();

/// Keeps the core busy, as finding an answer does that is not just waited for.
/// @param duration The CPU time that the calling thread takes, whatever else runs.
void compute(std::chrono::nanoseconds duration);

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

/// Says on standard error why no connection can be accepted, such as too many
/// open files; each reason once.
/// @param error Why.
void report_refused_connection(const boost::system::error_code& error);

/// Prints `listening on port N`.
void print_port(std::uint16_t port);

/// A socket, closed by its destructor.
class Socket {
 public:
  /// Owns a descriptor.
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  Socket(Socket&& other) noexcept : descriptor_(other.release()) {}
  Socket& operator=(Socket&&) = delete;
  ~Socket();

  /// The number that the system's calls take.
  int descriptor() const { return descriptor_; }

  /// Hands the descriptor over, to whoever closes it.
  int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

/// Listens on 127.0.0.1, and prints `listening on port N`.
/// @param port The port; 0 for a free one.
/// @throws std::system_error if the port cannot be had.
Socket listen_on_loopback(std::uint16_t port);

/// Listens for connections, and for the signals that end the program.
///
/// To be made before the program has threads: from then on SIGINT and SIGTERM, and
/// SIGCHLD, are told by accept() alone.
class Listener {
 public:
  /// Listens on 127.0.0.1, and prints `listening on port N`.
  /// @param options The port.
  /// @throws std::system_error if the port cannot be had.
  explicit Listener(const ServiceOptions& options);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// Waits for the next connection. Where there are too many open files, it says
  ///   so, and waits until some are closed.
  /// @param child_ended Called whenever a child process has ended.
  /// @return The connection; nothing when the program is to end.
  std::optional<Socket> accept(const std::function<void()>& child_ended = nullptr);

  /// In a child process: closes what is its parent's, and has signals end it.
  void leave_to_parent();

  /// What the program ends with: 128 + the signal that accept() was told.
  int exit_code() const { return exit_code_; }

 private:
  void wait_for_free_descriptors();

  std::optional<Socket> listening_;
  int signals_;
  int exit_code_ = 0;
};

/// Serves one client to its end, by calls that block.
/// @param connection Its connection.
/// @param options The think time and the timeout.
void serve_blocking(const Socket& connection, const ServiceOptions& options);

}  // namespace book

/// @}
