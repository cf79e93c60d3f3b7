/// @file
/// @defgroup file_server file_server.hpp
/// @brief An HTTP server within the program, for the programs that fetch files.
/// @{
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>

#include "examples_2025_03_03_15_36/photos.hpp"

inline namespace book {

/// Serves files from memory on 127.0.0.1, each after a set delay.
///
/// All requests are answered by coroutines on one thread of its own, named `server`,
/// so any number of them can wait out their delay side by side. It answers `GET` of a
/// name that it has with the file, of another one with 404, another method with 405,
/// and what is no request with 400, and closes the connection after each answer. It
/// reads no more of a request than its first 8192 bytes.
///
/// The constructor returns when it listens; the destructor breaks off what is under
/// way and waits for the thread's end.
class FileServer {
 public:
  /// Starts to listen, on a free port.
  /// @param files The files to serve.
  /// @param delay How long each file's answer is held back, in milliseconds.
  /// @param timeout How long a client may take to send its request, and how long to
  ///   take the answer: whoever is slower is hung up on.
  /// @throws boost::system::system_error if no port can be had.
  FileServer(FileSet files, std::chrono::milliseconds delay,
             std::chrono::milliseconds timeout = std::chrono::minutes(1));

  FileServer(const FileServer&) = delete;
  FileServer& operator=(const FileServer&) = delete;
  ~FileServer();

  /// The address that it listens on: 127.0.0.1.
  std::string host() const;

  /// The port that it listens on.
  std::uint16_t port() const;

  /// Runs what is given to it on the server's thread.
  boost::asio::any_io_executor executor();

 private:
  FileSet files_;
  std::chrono::milliseconds delay_;
  std::chrono::milliseconds timeout_;
  boost::asio::io_context context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::jthread thread_;
};

}  // namespace book

/// @}
