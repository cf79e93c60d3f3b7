/// @file
/// @defgroup frame_memory frame_memory.hpp
/// @brief Memory for the frames of coroutines.
/// @{
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>
#include <vector>

inline namespace book {

/// Memory for many small blocks of a few sizes.
///
/// Fresh blocks stand side by side with nothing between them; one that is freed is the
/// next of its size that is given away. Each thread has its own: it must free its
/// blocks itself, and gives the memory back when it ends.
class FrameMemory {
 public:
  /// Gives away a block.
  /// @param size How large it is to be, at least.
  static void* allocate(std::size_t size) {
    const std::size_t units = (size + unit - 1) / unit;
    if (units >= sizes) return ::operator new(size);
    FrameMemory& memory = of_this_thread();
    Freed*& last = memory.freed_[units];
    if (last == nullptr) return memory.fresh(units * unit);
    return std::exchange(last, last->before);
  }

  /// Takes a block back.
  /// @param block What allocate() gave.
  /// @param size What it was asked for.
  static void free(void* block, std::size_t size) noexcept {
    const std::size_t units = (size + unit - 1) / unit;
    if (units >= sizes) return ::operator delete(block);
    Freed*& last = of_this_thread().freed_[units];
    last = new (block) Freed{last};
  }

 private:
  struct Freed {
    Freed* before;
  };
  static constexpr std::size_t unit = __STDCPP_DEFAULT_NEW_ALIGNMENT__;
  static constexpr std::size_t slab = std::size_t{64} * 1024;
#ifdef __SANITIZE_ADDRESS__
  static constexpr std::size_t sizes = 1;  // it is to see each block by itself
#else
  static constexpr std::size_t sizes = 32;
#endif

  static FrameMemory& of_this_thread() {
    thread_local FrameMemory memory;
    return memory;
  }

  void* fresh(std::size_t size) {
    if (size > left_) {
      slabs_.push_back(std::make_unique_for_overwrite<std::byte[]>(slab));
      left_ = slab;
    }
    left_ -= size;
    return slabs_.back().get() + left_;
  }

  std::array<Freed*, sizes> freed_{};
  std::vector<std::unique_ptr<std::byte[]>> slabs_;
  std::size_t left_ = 0;  // of the last slab, at its beginning
};

}  // namespace book

/// @}
