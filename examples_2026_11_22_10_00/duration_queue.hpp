/// @file
/// @defgroup duration_queue duration_queue.hpp
/// @brief Coroutines that sleep for one of few durations.
///
/// Who sleeps for the same time as another and begins later wakes later: so the tasks
/// of one duration need no sorting, only a queue.
/// @{
#pragma once

#include <algorithm>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <deque>
#include <thread>
#include <utility>

#include "examples_2026_11_22_10_00/own_task.hpp"

inline namespace book {

/// What a QueuedTask keeps in its frame.
struct Queued {
  Queued* next = nullptr;  ///< The one that wakes after it.
};

/// A task that may `co_await` a DurationQueue.
using QueuedTask = OwnTask<Queued>;

/// The tasks that sleep for one duration, the next to wake first.
///
/// Their queue is a list that goes through their frames. Those that began within the
/// same millisecond wake at the same time.
class DurationQueue {
 public:
  /// Makes a queue. @param duration How long its tasks sleep, at least.
  explicit DurationQueue(std::chrono::steady_clock::duration duration)
      : duration_(duration) {}
  DurationQueue(const DurationQueue&) = delete;
  DurationQueue& operator=(const DurationQueue&) = delete;
  /// Destroys the tasks that still sleep.
  ~DurationQueue() {
    while (first_ != nullptr) pop().destroy();
  }

  /// @cond
  bool await_ready() const noexcept { return false; }
  void await_suspend(QueuedTask::Handle task) {
    const std::chrono::steady_clock::time_point time =
        std::chrono::ceil<std::chrono::milliseconds>(std::chrono::steady_clock::now() +
                                                     duration_);
    if (groups_.empty() || groups_.back().time != time) groups_.push_back({time, 0});
    ++groups_.back().tasks;
    Queued* queued = &task.promise();
    queued->next = nullptr;
    (first_ == nullptr ? first_ : last_->next) = queued;
    last_ = queued;
  }
  void await_resume() const noexcept {}
  /// @endcond

  /// When its first task is to wake; the end of time if it has none.
  std::chrono::steady_clock::time_point next_time() const {
    return groups_.empty() ? std::chrono::steady_clock::time_point::max()
                           : groups_.front().time;
  }

  /// Resumes all tasks that wake at next_time(). @pre There is one.
  void wake() {
    // A task may begin to sleep again, in this queue, but not at this time.
    for (const std::chrono::steady_clock::time_point time = next_time();
         next_time() == time;) {
      if (--groups_.front().tasks == 0) groups_.pop_front();
      resume_task(pop());
    }
  }

 private:
  struct Group {
    std::chrono::steady_clock::time_point time;
    std::size_t tasks;
  };

  QueuedTask::Handle pop() {
    auto& promise = static_cast<QueuedTask::promise_type&>(*first_);
    first_ = first_->next;
    return QueuedTask::Handle::from_promise(promise);
  }

  std::chrono::steady_clock::duration duration_;
  Queued* first_ = nullptr;
  Queued* last_ = nullptr;
  std::deque<Group> groups_;
};

/// Resumes tasks when their time has come, until none sleeps.
/// @param queues Of how many durations there may be: few, since it looks at each.
template <class Queues>
void run(Queues& queues) {
  for (;;) {
    const auto first = std::ranges::min_element(queues, {}, &DurationQueue::next_time);
    if (first == queues.end() ||
        first->next_time() == std::chrono::steady_clock::time_point::max())
      return;
    std::this_thread::sleep_until(first->next_time());
    first->wake();
  }
}

}  // namespace book

/// @}
