/// @file
/// @defgroup load load.hpp
/// @brief A load of HTTP clients: connections that each ask, and ask again when they
///   have their answer.
/// @{
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "program/file_descriptor.hpp"

inline namespace book {

/// What came of a load, or of a part of it.
struct LoadReport {
  std::size_t requests = 0;            ///< How many were sent.
  std::size_t answers = 0;             ///< How many were answered well.
  std::map<std::string, int> errors;   ///< What went wrong, and how often.
  double seconds = 0;                  ///< From the first request to the last answer.
  std::vector<float> latency_seconds;  ///< From each request to its answer, sorted.

  /// How many errors there were.
  int error_count() const;

  /// The time within which a share of the requests were answered.
  /// @param share Such as 0.99.
  double latency(double share) const;
};

/// Connections to a port of 127.0.0.1, all on one thread.
///
/// If no answer comes for a minute, each that is missing is an error, and so is any
/// answer but 200; a connection that had an error is closed, and not replaced.
class Load {
 public:
  /// Prepares connections.
  /// @param port The server's port.
  /// @param connections How many.
  /// @param is_to_stop Asked now and then whether to give up; never if null.
  /// @throws std::runtime_error if this process may not have so many open files.
  Load(std::uint16_t port, int connections, std::function<bool()> is_to_stop = nullptr);
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  /// Opens all connections, a few at a time: each asks once.
  LoadReport open();

  /// Has all connections ask side by side.
  /// @param requests How often each asks.
  LoadReport ask(int requests);

  /// Has all connections ask side by side for some time.
  /// @param duration From then on none asks again; what was asked is still waited for.
  LoadReport ask_for(std::chrono::duration<double> duration);

  /// How many connections are open.
  int open_connections() const { return open_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Client;

  LoadReport run(int requests, Clock::time_point end, std::size_t at_a_time);
  void connect(Client& client);
  void send(Client& client);
  void receive(Client& client);
  void answered(Client& client);
  void fail(Client& client, const std::string& why);

  std::uint16_t port_;
  std::function<bool()> is_to_stop_;
  program::FileDescriptor events_;
  int open_ = 0;
  std::vector<Client> clients_;
  std::string good_answer_;  // the last one that was read as HTTP, and was good
  // Of the run that is going on:
  LoadReport report_;
  std::size_t waiting_ = 0;
  Clock::time_point end_;
  Clock::time_point now_;
};

}  // namespace book

/// @}
