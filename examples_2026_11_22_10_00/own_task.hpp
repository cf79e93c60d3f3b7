/// @file
/// @defgroup own_task own_task.hpp
/// @brief A coroutine type of the book's own, as small as it can be.
/// @{
#pragma once

#include <coroutine>
#include <cstddef>
#include <utility>

#include "examples_2026_11_22_10_00/frame_memory.hpp"

inline namespace book {

/// What a function returns that is a coroutine: a task that nobody waits for.
///
/// It does not run before a queue starts it. From then on it belongs to itself: the
/// queues that it waits in resume it, and its frame is freed when it ends.
///
/// An exception that leaves it comes out of what has resumed it, resume_task().
///
/// `InFrame` is what the queues keep in each task's frame; up to 8 bytes cost nothing.
template <class InFrame>
class OwnTask {
 public:
  /// The part of the frame that is ours; the compiler asks it what to do.
  struct promise_type : InFrame {
    /// Makes what the caller of the coroutine receives.
    OwnTask get_return_object() {
      return OwnTask(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    /// Waits at the beginning, until a queue starts it.
    std::suspend_always initial_suspend() noexcept { return {}; }
    /// Does not wait at the end, and so frees the frame.
    std::suspend_never final_suspend() noexcept { return {}; }
    /// The task's result: none.
    void return_void() {}
    /// Passes the exception on, to what has resumed the task.
    void unhandled_exception() { throw; }

    /// Where the frame comes from.
    static void* operator new(std::size_t size) { return FrameMemory::allocate(size); }
    /// Where the frame goes.
    static void operator delete(void* frame, std::size_t size) noexcept {
      FrameMemory::free(frame, size);
    }
  };

  /// Three words in one: resume it, destroy it, reach its promise.
  using Handle = std::coroutine_handle<promise_type>;

  /// Takes another object's coroutine.
  OwnTask(OwnTask&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  OwnTask& operator=(OwnTask&&) = delete;
  /// Destroys a coroutine that was never started.
  ~OwnTask() {
    if (handle_) handle_.destroy();
  }

  /// Gives the coroutine away, to a queue.
  Handle release() { return std::exchange(handle_, {}); }

 private:
  explicit OwnTask(Handle handle) : handle_(handle) {}

  Handle handle_;
};

/// Runs a task until it waits again or ends.
///
/// An exception that leaves the task destroys it, and comes out of this.
///
/// @param task It is waiting, and not at its end.
inline void resume_task(std::coroutine_handle<> task) {
  try {
    task.resume();
  } catch (...) {
    task.destroy();
    throw;
  }
}

}  // namespace book

/// @}
