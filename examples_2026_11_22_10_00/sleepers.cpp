#include "examples_2026_11_22_10_00/sleepers.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <stdexcept>

#include "examples_2026_11_22_10_00/sleeper_limits.hpp"
#include "program/proc.hpp"

inline namespace book {

namespace {

std::int64_t bytes(const char* file, const char* name) {
  const auto found = program::proc::bytes_in(file, name);
  if (!found) throw std::runtime_error(fmt::format("{} has no {}", file, name));
  return static_cast<std::int64_t>(*found);
}

}  // namespace

Sleepers::Sleepers(const SleeperOptions& options) : options_(options) {
  before_ = memory();
  timer_.start();
}

Sleepers::Duration Sleepers::length(std::uint64_t number) const {
  const double share =
      static_cast<double>(number) / static_cast<double>(options_.durations);
  return std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>(options_.seconds + options_.spread * share));
}

void Sleepers::check_machine(std::size_t created) const {
  // To ask takes far longer than to make a coroutine.
  if (created % (options_.kind == TaskKind::coroutines ? 65'536 : 1'024) != 0) return;
  if (bytes("/proc/meminfo", "MemAvailable") < bytes("/proc/meminfo", "MemTotal") / 8)
    throw std::runtime_error("the machine's memory runs out");
}

void Sleepers::limit_met(const std::exception& why) {
  lift_memory_limit();
  limit_ = why.what();
}

void Sleepers::created(std::size_t created, std::size_t asleep) {
  created_ = created;
  if (!limit_.empty())
    fmt::print("no more than {} {}: {}\n", created, name_of(options_.kind), limit_);
  fmt::print("{} {} created after {:.3f} s, {} of them asleep at once\n", created,
             name_of(options_.kind), timer_.wall().count(), asleep);
  taken_ = memory();
}

int Sleepers::woken(std::size_t woken) {
  fmt::print("{} woken after {:.3f} s, with {:.6f} s of CPU time\n", woken,
             timer_.wall().count(), timer_.cpu().count());
  if (options_.kind == TaskKind::coroutines)
    taken_ = memory();  // the most that it ever had

  Memory each{};
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < each.size() && created_ > 0; ++i) {
    // Another program may have freed more than these took.
    each[i] = std::max(taken_[i] - before_[i], std::int64_t{0}) /
              static_cast<std::int64_t>(created_);
    sum += each[i];
  }
  fmt::print("{} bytes of memory each\n", sum);
  if (options_.kind != TaskKind::coroutines)
    fmt::print("{} in pages, {} in page tables, {} in kernel stacks, {} in records\n",
               each[0], each[1], each[2], each[3]);
  return woken == options_.tasks ? 0 : 1;
}

// Tasks of the kernel take memory that belongs to no process: so the whole machine's is
// looked at. For the others, this process's: before them what it has, with them the
// most that it had.
Sleepers::Memory Sleepers::memory() const {
  if (options_.kind == TaskKind::coroutines)
    return {bytes("/proc/self/status", timer_.running() ? "VmHWM" : "VmRSS")};
  return {bytes("/proc/meminfo", "AnonPages"), bytes("/proc/meminfo", "PageTables"),
          bytes("/proc/meminfo", "KernelStack"), bytes("/proc/meminfo", "Slab")};
}

}  // namespace book
