/// @file
/// @defgroup global_lock global_lock.hpp
/// @brief One lock for a whole program, which changes hands as that of CPython does.
/// @{
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

inline namespace book {

/// A lock that its holder gives away when somebody has waited long enough.
///
/// A `std::mutex` could not do this. Its holder does not learn that another thread
/// waits, and if it unlocks and locks again, it has mostly got the mutex back before
/// the other one is awake.
class GlobalLock {
 public:
  /// @param switch_interval How long a thread waits before it asks for the lock.
  explicit GlobalLock(std::chrono::milliseconds switch_interval)
      : switch_interval_(switch_interval) {}

  /// Waits until the lock is free and takes it; asks its holder for it meanwhile.
  void take() {
    std::unique_lock lock(mutex_);
    while (held_) {
      const unsigned holder = holds_;
      const bool free =
          dropped_.wait_for(lock, switch_interval_, [&] { return !held_; });
      if (!free && holds_ == holder) asked_ = true;
    }
    held_ = true;
    ++holds_;
    asked_ = false;
    taken_.notify_all();
  }

  /// Gives the lock up. @pre This thread holds it.
  void drop() {
    const std::lock_guard lock(mutex_);
    held_ = false;
    dropped_.notify_one();
  }

  /// If a thread has asked for the lock, lets it have it, and takes the lock again
  /// afterwards. If none has, this is one look at one variable.
  /// @pre This thread holds it. @return Whether another thread had it meanwhile.
  bool offer() {
    if (!asked_) return false;
    {
      std::unique_lock lock(mutex_);
      held_ = false;
      const unsigned own = holds_;
      dropped_.notify_one();
      taken_.wait(lock, [&] { return holds_ != own; });  // or this thread would win
    }
    take();
    return true;
  }

 private:
  const std::chrono::milliseconds switch_interval_;
  std::mutex mutex_;
  std::condition_variable dropped_, taken_;
  bool held_ = false;
  unsigned holds_ = 0;              // so often it was taken
  std::atomic<bool> asked_{false};  // only while a thread waits
};

}  // namespace book

/// @}
