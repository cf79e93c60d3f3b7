#pragma once

/// @file
/// Owns a file descriptor.

#include <unistd.h>

#include <utility>

namespace recorder {

/// A file descriptor that is closed with its owner; -1 is none.
class descriptor {
 public:
  descriptor() = default;
  explicit descriptor(int file) : file_(file) {}
  descriptor(descriptor&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
  }
  ~descriptor() { reset(); }

  int get() const { return file_; }

  void reset() {
    if (file_ >= 0) close(std::exchange(file_, -1));
  }

 private:
  int file_ = -1;
};

}  // namespace recorder
