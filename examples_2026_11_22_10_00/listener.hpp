/// @file
/// @defgroup listener listener.hpp
/// @brief Where the connections of a busy server come in, and the signals that end it.
/// @{
#pragma once

#include <boost/system/error_code.hpp>
#include <cstdint>
#include <functional>
#include <optional>

#include "program/file_descriptor.hpp"

inline namespace book {

/// Lets this process open as many files as its hard limit allows.
void raise_open_files_limit();

/// Says on standard error why no connection can be accepted, such as too many
/// open files; each reason once.
/// @param error Why.
void report_refused_connection(const boost::system::error_code& error);

/// Prints `listening on port N`.
void print_port(std::uint16_t port);

/// A socket, closed by its destructor.
using Socket = program::FileDescriptor;

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
  /// @param port The port; 0 for a free one.
  /// @throws std::system_error if the port cannot be had.
  explicit Listener(std::uint16_t port);
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
  program::FileDescriptor signals_;
  int exit_code_ = 0;
};

}  // namespace book

/// @}
