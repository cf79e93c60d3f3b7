#include "examples_2026_11_22_10_00/compute.hpp"

#include <time.h>

inline namespace book {

void compute(std::chrono::nanoseconds duration) {
  const auto cpu_time = [] {
    ::timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  };
  if (duration <= std::chrono::nanoseconds(0)) return;
  const auto end = cpu_time() + duration;
  while (cpu_time() < end) continue;
}

}  // namespace book
