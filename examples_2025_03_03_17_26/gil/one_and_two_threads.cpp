#include "examples_2025_03_03_17_26/gil/one_and_two_threads.hpp"

#include <fmt/core.h>

#include <array>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "examples_2025_03_03_15_36/thread_names.hpp"

inline namespace book {

namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

}  // namespace

void one_and_two_threads(
    const std::function<long long(const std::string& thread)>& piece) {
  std::array<long long, 4> results{};

  auto start = std::chrono::steady_clock::now();
  results[0] = piece("main");
  results[1] = piece("main");
  const double one = seconds_since(start);
  fmt::print("one thread, both pieces: {:.2f} second(s)\n", one);

  start = std::chrono::steady_clock::now();
  {
    std::jthread first([&] { results[2] = piece("first"); });
    std::jthread second([&] { results[3] = piece("second"); });
    name_thread(first, "first");
    name_thread(second, "second");
  }
  const double two = seconds_since(start);
  fmt::print("two threads, one each:   {:.2f} second(s)\n", two);
  fmt::print("speed-up: {:.2f}\n", one / two);

  for (const long long result : results)
    if (result != results[0]) throw std::logic_error("the pieces' results differ");
}

}  // namespace book
