#include "recorder/probe.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

namespace recorder {

void probe(int lines, int threads, int starts) {
  using Clock = std::chrono::steady_clock;
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  const auto repeat = [](int times, const auto& what) {
    const auto began = Clock::now();
    for (int i = 0; i < times; ++i) what();
    const std::chrono::duration<double> took = Clock::now() - began;
    if (times > 0) fmt::print("{}\n", took.count() / times);
  };
  repeat(lines, [] { fmt::print("{}\n", Clock::now().time_since_epoch().count()); });
  repeat(starts, [] { std::thread([] {}).join(); });
  std::vector<std::jthread> sleepers;
  for (int i = 0; i < threads; ++i)
    sleepers.emplace_back([] { std::this_thread::sleep_for(std::chrono::seconds(1)); });
}

}  // namespace recorder
