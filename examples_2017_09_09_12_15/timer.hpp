/// @file
/// @defgroup timer timer.hpp
/// @brief A stopwatch for wall time and CPU time.
///
/// Ports `timer.py`, which the programs of the chapter share. The original read one
/// clock for both times; here CPU time is what it is called.
/// @{
#pragma once

#include <fmt/core.h>
#include <sys/resource.h>

#include <chrono>
#include <stdexcept>
#include <string>

inline namespace book {

/// Adds up the wall time and the CPU time that pass between start() and stop().
///
/// CPU time is the time that the process was on a core, all of its threads added up; so
/// with two threads that compute it passes twice as fast as wall time, and while they
/// sleep it stands still. That of a child process counts when the child has ended and
/// has been waited for, all of it at that moment, with that of the children that it
/// waited for.
///
/// Each process may have timers, and each timer one thread that uses it.
class Timer {
 public:
  /// A length of time, in seconds.
  using Seconds = std::chrono::duration<double>;

  /// Starts it, or goes on after a stop().
  /// @throws std::logic_error if it is running.
  void start() {
    if (running_) throw std::logic_error("the timer was started, and is running");
    running_ = true;
    started_ = now();
  }

  /// Stops it, and adds the time since start() to the totals.
  /// @throws std::logic_error if it is not running.
  void stop() {
    if (!running_) throw std::logic_error("the timer was not started");
    total_ = total();
    running_ = false;
  }

  /// Sets the totals back to zero; it is not running then, whatever it was.
  void reset() { *this = Timer(); }

  /// Sets the totals back to zero and starts it, whether it was running or not.
  void restart() {
    reset();
    start();
  }

  /// Whether it was started and has not been stopped.
  bool running() const { return running_; }

  /// The wall time between start() and stop() so far, all stretches together.
  Seconds wall() const { return total().wall; }

  /// The CPU time between start() and stop() so far, all stretches together.
  Seconds cpu() const { return total().cpu; }

  /// Both totals in two lines, `cpu : 1.23456` and `wall: 1.23456`, in seconds.
  std::string report() const {
    const Times times = total();
    return fmt::format("cpu : {:.5f}\nwall: {:.5f}", times.cpu.count(),
                       times.wall.count());
  }

 private:
  struct Times {
    Seconds wall{0}, cpu{0};
  };

  static Times now() {
    Seconds cpu{0};
    for (const int whose : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
      ::rusage usage;
      ::getrusage(whose, &usage);
      for (const ::timeval& time : {usage.ru_utime, usage.ru_stime})
        cpu +=
            std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
    }
    // The steady clock goes on at its pace when the time of day is set.
    return {std::chrono::steady_clock::now().time_since_epoch(), cpu};
  }

  Times total() const {
    if (!running_) return total_;
    const Times at = now();
    return {total_.wall + (at.wall - started_.wall),
            total_.cpu + (at.cpu - started_.cpu)};
  }

  bool running_ = false;
  Times started_;
  Times total_;
};

}  // namespace book

/// @}
