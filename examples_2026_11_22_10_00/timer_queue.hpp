/// @file
/// @defgroup timer_queue timer_queue.hpp
/// @brief Coroutines that sleep, each until a time of its own.
/// @{
#pragma once

#include <algorithm>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <queue>
#include <thread>
#include <vector>

#include "examples_2026_11_22_10_00/own_task.hpp"

inline namespace book {

class TimerQueue;

/// What a SleepingTask keeps in its frame.
struct WaitsInTimerQueue {
  TimerQueue* queue = nullptr;  ///< The one that has started it.
};

/// A task that may `co_await SleepUntil{time}`.
using SleepingTask = OwnTask<WaitsInTimerQueue>;

/// Runs tasks that sleep, on the thread that calls run().
class TimerQueue {
 public:
  TimerQueue() = default;
  TimerQueue(const TimerQueue&) = delete;
  TimerQueue& operator=(const TimerQueue&) = delete;
  /// Destroys the tasks that still sleep.
  ~TimerQueue() {
    for (; !sleeping_.empty(); sleeping_.pop()) sleeping_.top().task.destroy();
  }

  /// Runs a task until it sleeps for the first time.
  void start(SleepingTask task) {
    const SleepingTask::Handle handle = task.release();
    handle.promise().queue = this;
    resume_task(handle);
  }

  /// Has a task resumed by run(), not before a time.
  void push(std::chrono::steady_clock::time_point time, std::coroutine_handle<> task) {
    sleeping_.push({time, task});
  }

  /// Resumes each task when its time has come, until none sleeps.
  void run() {
    std::chrono::steady_clock::time_point now{};
    while (!sleeping_.empty()) {
      const Sleeping first = sleeping_.top();
      if (first.time > now) {
        std::this_thread::sleep_until(first.time);
        now = std::chrono::steady_clock::now();
      }
      sleeping_.pop();
      resume_task(first.task);
    }
  }

  /// How many tasks sleep.
  std::size_t size() const { return sleeping_.size(); }

 private:
  struct Sleeping {
    std::chrono::steady_clock::time_point time;
    std::coroutine_handle<> task;
    bool operator>(const Sleeping& other) const { return time > other.time; }
  };
  std::priority_queue<Sleeping, std::vector<Sleeping>, std::greater<>> sleeping_;
};

/// What a SleepingTask awaits, to sleep.
///
/// If it is a parameter or variable of the task, the frame has it once. If it is made
/// where it is awaited, it has a place of its own there.
class SleepUntil {
 public:
  /// Does nothing yet. @param time The task is not resumed before it.
  // NOLINTNEXTLINE(*-explicit-constructor): a time says what is meant
  SleepUntil(const std::chrono::steady_clock::time_point& time) : time_(time) {}

  /// @cond
  // Asked first: whether there is nothing to wait for.
  bool await_ready() const noexcept { return false; }
  // Called when the task waits, and can be resumed.
  void await_suspend(SleepingTask::Handle task) const {
    task.promise().queue->push(time_, task);
  }
  // Called when the task goes on; returns the value of `co_await`, here none.
  void await_resume() const noexcept {}
  /// @endcond

 private:
  std::chrono::steady_clock::time_point time_;
};

}  // namespace book

/// @}
