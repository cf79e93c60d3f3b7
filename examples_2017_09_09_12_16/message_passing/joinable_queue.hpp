/// @file
/// @defgroup joinable_queue joinable_queue.hpp
/// @brief A queue between processes that knows when all that was put into it is done.
///
/// Ports `JoinableQueue` of Python's module `multiprocessing`. The items stand in
/// memory that processes share by being forked after the queue was made. It has no name
/// in any file system, so the kernel takes it back with the last of them.
///
/// A process may be killed at any moment, within a call too. Nobody hangs for that, and
/// no item is silently gone: an item stays in its slot until task_done(), and if the
/// process that took it ends before, somebody else gets it, or it is reported as lost.
///
/// A process that is stopped (SIGSTOP) has not ended: its items stay its own, and if it
/// was stopped within a call, all others wait until it goes on or is killed, with a
/// timeout or without. To hand on what it has would be to do it twice.
/// @{
#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <vector>

inline namespace book {

/// Thrown by put() once the queue is closed, and by get() once it is empty, too.
struct queue_closed : std::runtime_error {
  queue_closed();
};

/// Thrown by a call that waits for other processes when none of them is left.
struct queue_abandoned : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Thrown by join() if processes ended with items that were not to be handed on.
struct items_lost : std::runtime_error {
  /// Says how many. @param count Their number.
  explicit items_lost(std::size_t count);
};

/// What a JoinableQueue does; what is left out is chosen.
struct QueueOptions {
  /// How often an item is given out at most. If the process that took it ends before
  /// task_done(), the item goes to the front of the queue again, unless it was given
  /// out so often already: then it is lost, and reported. An item may be what ended its
  /// takers, so it should not be given out for ever.
  unsigned attempts = 3;
};

/// The part of a JoinableQueue that does not depend on the type of its items,
/// which it moves as bytes.
class QueueOfBytes {
 public:
  /// Makes an empty queue.
  ///  @param item_size Bytes of one item. @param capacity Items. @param options
  ///  Options.
  QueueOfBytes(std::size_t item_size, std::size_t capacity, QueueOptions options);
  QueueOfBytes(const QueueOfBytes&) = delete;
  QueueOfBytes& operator=(const QueueOfBytes&) = delete;
  ~QueueOfBytes();

  /// As JoinableQueue::put_for. @param item Its bytes. @param deadline Until when.
  ///  @return Whether it was put.
  bool put(std::span<const std::byte> item,
           std::chrono::steady_clock::time_point deadline);
  /// As JoinableQueue::get_for. @param item For its bytes. @param deadline Until
  /// when.
  ///  @return Whether there was one.
  bool get(std::span<std::byte> item, std::chrono::steady_clock::time_point deadline);
  /// As JoinableQueue::task_done.
  void task_done();
  /// As JoinableQueue::join_for. @param deadline Until when.
  ///  @return Whether all are done.
  bool join(std::chrono::steady_clock::time_point deadline);
  /// As JoinableQueue::close.
  void close();
  /// As JoinableQueue::lost. @return The items' bytes, one item after the other.
  std::vector<std::byte> lost();
  /// As JoinableQueue::size. @return The number of items.
  std::size_t size();

 private:
  struct Shared;
  struct State;
  std::unique_ptr<State> state_;
};

/// A bounded queue of items of one type, between a process and those it starts.
///
/// It must be made before the processes that use it are started, and may be used by all
/// of them at the same time, and by several threads of each. A process counts as one
/// that may still put and take items from its fork on, until it ends, or destroys its
/// copy.
///
/// @tparam T What is put into it; it is copied byte by byte.
template <class T>
class JoinableQueue {
  static_assert(
      std::is_trivially_copyable_v<T>,
      "an item of a JoinableQueue is copied byte by byte into memory that "
      "processes share, and this type is not trivially copyable: what it owns "
      "would stay behind in the process that made it");
  static_assert(
      !std::is_pointer_v<T>,
      "an item of a JoinableQueue goes to another process, and a pointer names "
      "nothing there");

 public:
  /// Makes an empty queue.
  /// @param capacity How many items may be in it that are not done. An item that was
  ///   taken keeps its slot until task_done().
  /// @param options What to do when a process ends with an item.
  explicit JoinableQueue(std::size_t capacity, QueueOptions options = {})
      : queue_(sizeof(T), capacity, options) {}

  /// Puts an item in, at the end; waits while the queue is full.
  /// @param item The item.
  /// @throws queue_closed if the queue is closed.
  /// @throws queue_abandoned if it is full, and no process is left that may take items.
  void put(const T& item) { queue_.put(bytes_of(item), Clock::time_point::max()); }

  /// The same, with a timeout.
  /// @param item The item.
  /// @param timeout How long to wait.
  /// @return Whether it was put in.
  bool put_for(const T& item, std::chrono::duration<double> timeout) {
    return queue_.put(bytes_of(item), in(timeout));
  }

  /// Takes the item at the front; waits while there is none.
  ///
  /// It is the caller's until task_done(). In a queue that is closed, items that other
  /// processes hold are waited for, since they may come back, but not by a caller that
  /// itself holds one.
  ///
  /// @return The item.
  /// @throws queue_closed if the queue is closed, and nothing is left to take.
  /// @throws queue_abandoned if it is empty, and no process is left that may put items
  ///   in.
  T get() { return *get_until(Clock::time_point::max()); }

  /// The same, with a timeout.
  /// @param timeout How long to wait.
  /// @return The item, or nothing if there was none until then.
  std::optional<T> get_for(std::chrono::duration<double> timeout) {
    return get_until(in(timeout));
  }

  /// Says that an item is done: of those that this thread took, the one that it
  /// took first.
  /// @throws std::logic_error if this thread holds none.
  void task_done() { queue_.task_done(); }

  /// Waits until all that was put in is done.
  /// @throws items_lost if all is done that can be, and the rest is lost.
  /// @throws queue_abandoned if items are left, and no process that may take them.
  void join() { queue_.join(Clock::time_point::max()); }

  /// The same, with a timeout.
  /// @param timeout How long to wait.
  /// @return Whether all is done.
  bool join_for(std::chrono::duration<double> timeout) {
    return queue_.join(in(timeout));
  }

  /// Says that nothing more will be put in, by anybody.
  void close() { queue_.close(); }

  /// Takes the items that were lost out of the queue.
  /// @return The items.
  std::vector<T> lost() {
    const std::vector<std::byte> bytes = queue_.lost();
    std::vector<T> items;
    for (std::size_t at = 0; at < bytes.size(); at += sizeof(T))
      items.push_back(
          item_of(std::span(bytes).subspan(at).template first<sizeof(T)>()));
    return items;
  }

  /// How many items wait to be taken at this moment.
  std::size_t size() { return queue_.size(); }

 private:
  using Clock = std::chrono::steady_clock;

  static Clock::time_point in(std::chrono::duration<double> timeout) {
    return Clock::now() + std::chrono::duration_cast<Clock::duration>(timeout);
  }
  static std::span<const std::byte> bytes_of(const T& item) {
    return std::as_bytes(std::span(&item, 1));
  }
  static T item_of(std::span<const std::byte, sizeof(T)> bytes) {
    std::array<std::byte, sizeof(T)> copy;
    std::memcpy(copy.data(), bytes.data(), sizeof(T));
    return std::bit_cast<T>(copy);
  }
  std::optional<T> get_until(Clock::time_point deadline) {
    std::array<std::byte, sizeof(T)> bytes;
    if (!queue_.get(bytes, deadline)) return std::nullopt;
    return item_of(bytes);
  }

  QueueOfBytes queue_;
};

}  // namespace book

/// @}
