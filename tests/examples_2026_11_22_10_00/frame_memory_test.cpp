#include "examples_2026_11_22_10_00/frame_memory.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <set>
#include <thread>
#include <vector>

#include "tests/catch.hpp"

TEST_CASE("blocks do not overlap, and are aligned", "[frame_memory]") {
  struct Block {
    unsigned char* at;
    std::size_t size;
  };
  std::vector<Block> blocks;
  for (int round = 0; round < 2000; ++round)
    for (const std::size_t size : {1u, 16u, 48u, 72u, 496u, 500u, 5000u}) {
      auto* at = static_cast<unsigned char*>(FrameMemory::allocate(size));
      CHECK(reinterpret_cast<std::uintptr_t>(at) % __STDCPP_DEFAULT_NEW_ALIGNMENT__ ==
            0);
      std::memset(at, static_cast<int>(blocks.size() % 251), size);
      blocks.push_back({at, size});
    }
  bool intact = true;
  for (std::size_t i = 0; i < blocks.size(); ++i)
    for (std::size_t at = 0; at < blocks[i].size; ++at)
      intact = intact && blocks[i].at[at] == i % 251;
  CHECK(intact);
  for (const Block& block : blocks) FrameMemory::free(block.at, block.size);
}

#ifndef __SANITIZE_ADDRESS__  // there, each block is the system's
TEST_CASE("a block that was freed is given away again", "[frame_memory]") {
  std::set<void*> first;
  for (int i = 0; i < 10'000; ++i) first.insert(FrameMemory::allocate(48));
  CHECK(first.size() == 10'000);
  for (void* block : first) FrameMemory::free(block, 48);
  std::set<void*> second;
  for (int i = 0; i < 10'000; ++i) second.insert(FrameMemory::allocate(48));
  CHECK(second == first);
  for (void* block : second) FrameMemory::free(block, 48);
}

TEST_CASE("blocks of one size stand side by side", "[frame_memory]") {
  std::ptrdiff_t apart = 0;
  std::thread([&] {  // which has memory of its own
    auto* first = static_cast<char*>(FrameMemory::allocate(40));
    auto* second = static_cast<char*>(FrameMemory::allocate(48));
    apart = std::abs(first - second);
    FrameMemory::free(first, 40);
    FrameMemory::free(second, 48);
  })
      .join();
  CHECK(apart == 48);
}
#endif
