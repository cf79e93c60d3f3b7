/// @file
/// @defgroup server_process server_process.hpp
/// @brief A server that is started as a command, looked at while it works, and ended.
/// @{
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "program/file_descriptor.hpp"

inline namespace book {

/// What the kernel says of a server and all processes that it has started.
struct ServerUsage {
  int processes = 0;  ///< How many processes.
  int threads = 0;    ///< How many threads in all of them.
  long long memory_bytes =
      0;                   ///< Their anonymous memory; what several share counts once.
  double cpu_seconds = 0;  ///< What the threads that there are have computed.
};

/// A server that is a process of its own.
///
/// It neither outlives this object nor this process, however that ends, and nor does
/// what it has started. To be made before the process has threads.
class ServerProcess {
 public:
  /// Starts it, and waits until it has printed `listening on port N`.
  /// @param command The program and its arguments.
  /// @param core The core that it runs on, alone or not; any if not given.
  /// @throws std::runtime_error if it says something else, or nothing for two minutes.
  explicit ServerProcess(std::vector<std::string> command,
                         std::optional<int> core = std::nullopt);
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  ~ServerProcess();

  /// The port that it listens on.
  std::uint16_t port() const { return port_; }

  /// Its process id.
  pid_t pid() const { return pid_; }

  /// What it takes now.
  ServerUsage usage() const;

  /// Ends it with SIGINT, as Ctrl-C does, and with SIGKILL if it is still there
  /// a minute later; then what it has left.
  /// @return Its exit code; -N if signal N ended it.
  int end();

  /// How many processes it had left when it had ended.
  int left() const { return left_; }

 private:
  bool wait(int seconds);
  // Up to the end of the line or of the file; nothing if that takes too long.
  std::optional<std::string> read_line(int file) const;

  pid_t pid_ = -1;
  program::FileDescriptor file_;  // readable when it has ended
  int status_ = 0;
  int left_ = 0;
  std::uint16_t port_ = 0;
};

}  // namespace book

/// @}
