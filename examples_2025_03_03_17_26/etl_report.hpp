/// @file
/// @defgroup etl_report etl_report.hpp
/// @brief What `etl` prints: a line for each sound, one for all, and its progress.
/// @{
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

#include "examples_2025_03_03_17_26/sounds.hpp"

inline namespace book {

/// Prints what became of sounds, from any thread.
///
/// On a terminal, what is not done soon shows how far it is in a last line, which is
/// written anew each time.
class EtlReport {
 public:
  /// Begins to report.
  /// @param files How many sounds there are.
  /// @param soon For how long nothing is shown of how far it is.
  explicit EtlReport(
      int files, std::chrono::steady_clock::duration soon = std::chrono::seconds(3));
  ~EtlReport();
  EtlReport(const EtlReport&) = delete;
  EtlReport& operator=(const EtlReport&) = delete;

  /// Shows on a terminal how far it is.
  /// @param what The last line.
  void show_progress(const std::string& what);

  /// The time of all sounds begins now.
  void start_clock() { start_ = std::chrono::steady_clock::now(); }

  /// Prints what became of a sound; nothing of failures once stop_signal() is
  /// set.
  /// @param path The sound's path.
  /// @param result What became of it.
  /// @throws std::system_error if the line cannot be printed.
  void add(const std::string& path, const Transformed& result);

  /// Prints how long all sounds took.
  /// @throws std::system_error if the line cannot be printed.
  void finish();

  /// How many sounds failed.
  int failures() {
    const std::lock_guard lock(mutex_);
    return failures_;
  }

 private:
  void show(const std::string& what);
  void hide();

  const int files_;
  const bool on_terminal_;
  const std::chrono::steady_clock::time_point shown_from_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  bool is_shown_ = false;
  int done_ = 0;
  int failures_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace book

/// @}
