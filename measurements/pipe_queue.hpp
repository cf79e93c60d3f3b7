#pragma once

/// @file
/// A joinable queue made of pipes: what JoinableQueue is measured against.

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "program/file_descriptor.hpp"
#include "program/system_error.hpp"

namespace measurements {

/// One pipe; a process that closes an end can't use it again.
class Pipe {
 public:
  void close_reader() { ends_.reader.reset(); }
  void close_writer() { ends_.writer.reset(); }

  /// So many bytes at least can be in it before a write has to wait.
  void make_room_for(std::size_t bytes) {
    program::throw_on_error(
        ::fcntl(ends_.writer.get(), F_SETPIPE_SZ, static_cast<int>(bytes)),
        "cannot make room in a pipe");
  }

  /// A write that finds no room writes nothing instead of waiting.
  void never_wait_to_write() {
    program::throw_on_error(::fcntl(ends_.writer.get(), F_SETFL, O_NONBLOCK),
                            "cannot set up a pipe");
  }

  /// Whole, or not at all, by whoever else it is written meanwhile: up to PIPE_BUF
  /// bytes.
  bool write(const void* bytes, std::size_t size) {
    const ssize_t written = program::retry_if_interrupted(
        [&] { return ::write(ends_.writer.get(), bytes, size); });
    if (written == static_cast<ssize_t>(size)) return true;
    if (written < 0 && errno == EAGAIN) return false;
    program::throw_errno("cannot write to a pipe");
  }

  /// What one write has written: where all are of one size, a read takes one of them.
  void read(void* bytes, std::size_t size) {
    const ssize_t got = program::retry_if_interrupted(
        [&] { return ::read(ends_.reader.get(), bytes, size); });
    if (got == static_cast<ssize_t>(size)) return;
    if (got == 0) throw std::runtime_error("no process is left that writes to a pipe");
    program::throw_errno("cannot read from a pipe");
  }

  std::size_t bytes_in_it() const {
    int bytes = 0;
    program::throw_on_error(::ioctl(ends_.reader.get(), FIONREAD, &bytes),
                            "cannot look into a pipe");
    return static_cast<std::size_t>(bytes);
  }

 private:
  program::PipeEnds ends_ = program::make_pipe();
};

/// A bounded joinable queue between processes, of three pipes: one has the items, one a
/// byte for each free place, and one a byte when all is done, for who waits for that.
///
/// It keeps what pipes can keep: the order; each item goes to one process; at most
/// `capacity` items that are not done; put() waits for a place, get() for an item,
/// join() for the end of all. Of two processes that only put or only take, one learns
/// from the kernel that the other has ended, as an error.
///
/// What pipes can't keep: once it is read, an item is its reader's alone. If that is
/// killed before task_done(), the item is gone, its place, too, and join() waits for
/// ever. And an item has at most PIPE_BUF bytes: more are not written in one piece, so
/// it would take a lock, which a killed process would keep.
template <class T>
class PipeQueue {
  static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= PIPE_BUF);

 public:
  explicit PipeQueue(std::size_t capacity) : capacity_(capacity) {
    if (capacity == 0 || capacity > PIPE_BUF)
      throw std::invalid_argument("a queue of so many items cannot be");
    items_.make_room_for(capacity * PIPE_BUF);  // an item may begin a new page
    all_done_.never_wait_to_write();            // a byte that is there says it already
    places_.write(std::string(capacity, 'x').data(), capacity);
  }

  void only_put() { items_.close_reader(); }
  void only_get() { items_.close_writer(); }

  void put(const T& item) {
    char place;
    places_.read(&place, 1);
    items_.write(&item, sizeof item);
  }

  T get() {
    T item;
    items_.read(&item, sizeof item);
    ++held_;
    return item;
  }

  void task_done() {
    if (held_ == 0) throw std::logic_error("task_done() without an item");
    --held_;
    places_.write("x", 1);
    if (all_is_done()) all_done_.write("x", 1);
  }

  void join() {
    // A byte may be left from an earlier time at which all was done.
    for (char byte; !all_is_done();) all_done_.read(&byte, 1);
    all_done_.write("x", 1);  // for others who wait for the same
  }

 private:
  bool all_is_done() const { return places_.bytes_in_it() == capacity_; }

  const std::size_t capacity_;
  Pipe items_, places_, all_done_;
  int held_ = 0;  // by this process
};

}  // namespace measurements
