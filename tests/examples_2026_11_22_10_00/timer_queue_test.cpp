#include "examples_2026_11_22_10_00/timer_queue.hpp"

#include <array>
#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/catch.hpp"

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

// Counts those that exist: one in a frame is destroyed with it.
struct Counted {
  explicit Counted(int& count) : count_(count) { ++count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --count_; }

 private:
  int& count_;
};

SleepingTask note(Clock::time_point time, int number, std::vector<int>& woken) {
  co_await SleepUntil(time);
  woken.push_back(number);
}

SleepingTask sleep_twice(Clock::time_point first, Clock::time_point second,
                         std::vector<int>& woken) {
  co_await SleepUntil(first);
  woken.push_back(1);
  co_await SleepUntil(second);
  woken.push_back(3);
}

SleepingTask fail(Clock::time_point time, int& alive) {
  const Counted counted(alive);
  co_await SleepUntil(time);
  throw std::runtime_error("it failed");
}

SleepingTask fail_at_once(int& alive) {
  const Counted counted(alive);
  throw std::runtime_error("at once");
  co_return;
}

SleepingTask live(Clock::time_point time, int& alive) {
  const Counted counted(alive);
  co_await SleepUntil(time);
}

}  // namespace

TEST_CASE("sleeping tasks wake in the order of their times", "[timer_queue]") {
  TimerQueue queue;
  std::vector<int> woken;
  const Clock::time_point start = Clock::now();
  for (const int number : {3, 0, 4, 1, 2})
    queue.start(note(start + number * 2ms, number, woken));
  CHECK(queue.size() == 5);
  CHECK(woken.empty());
  queue.run();
  CHECK(woken == std::vector{0, 1, 2, 3, 4});
  CHECK(queue.size() == 0);
}

TEST_CASE("no sleeping task wakes before its time", "[timer_queue]") {
  TimerQueue queue;
  std::vector<int> woken;
  const Clock::time_point time = Clock::now() + 30ms;
  queue.start(note(time, 1, woken));
  queue.run();
  CHECK(Clock::now() >= time);
  CHECK(woken == std::vector{1});
}

TEST_CASE("a time that has passed is no wait, but comes in its turn", "[timer_queue]") {
  TimerQueue queue;
  std::vector<int> woken;
  const Clock::time_point now = Clock::now();
  queue.start(note(now - 1min, 2, woken));
  queue.start(note(now - 2min, 1, woken));
  queue.run();
  CHECK(woken == std::vector{1, 2});
  CHECK(Clock::now() < now + 1min);
}

TEST_CASE("a task sleeps as often as it likes, between the others", "[timer_queue]") {
  TimerQueue queue;
  std::vector<int> woken;
  const Clock::time_point now = Clock::now();
  queue.start(sleep_twice(now + 1ms, now + 5ms, woken));
  queue.start(note(now + 3ms, 2, woken));
  queue.run();
  CHECK(woken == std::vector{1, 2, 3});
}

TEST_CASE("a task may start another one", "[timer_queue]") {
  TimerQueue queue;
  std::vector<int> woken;
  const auto parent = [](TimerQueue& in, std::vector<int>& of) -> SleepingTask {
    co_await SleepUntil(Clock::now() + 1ms);
    of.push_back(1);
    in.start(note(Clock::now() + 1ms, 2, of));
  };
  queue.start(parent(queue, woken));
  queue.run();
  CHECK(woken == std::vector{1, 2});
}

TEST_CASE("a task's exception comes out of run(), and the others go on",
          "[timer_queue]") {
  TimerQueue queue;
  std::vector<int> woken;
  int alive = 0;
  const Clock::time_point now = Clock::now();
  queue.start(fail(now + 1ms, alive));
  queue.start(note(now + 2ms, 1, woken));
  CHECK(alive == 1);
  CHECK_THROWS_WITH(queue.run(), "it failed");
  CHECK(alive == 0);
  CHECK(woken.empty());
  queue.run();
  CHECK(woken == std::vector{1});
}

TEST_CASE("an exception before the first sleep comes out of start()", "[timer_queue]") {
  TimerQueue queue;
  int alive = 0;
  CHECK_THROWS_WITH(queue.start(fail_at_once(alive)), "at once");
  CHECK(alive == 0);
  CHECK(queue.size() == 0);
}

TEST_CASE("tasks that still sleep are destroyed with their queue", "[timer_queue]") {
  int alive = 0;
  {
    TimerQueue queue;
    for (int i = 0; i < 100; ++i) queue.start(live(Clock::now() + 1h, alive));
    CHECK(alive == 100);
  }
  CHECK(alive == 0);
}

TEST_CASE("a task that was never started is destroyed, and did not begin",
          "[timer_queue]") {
  std::vector<int> woken;
  int alive = 0;
  {
    const SleepingTask task = live(Clock::now(), alive);
    SleepingTask moved = note(Clock::now(), 1, woken);
    const SleepingTask to = std::move(moved);
  }
  CHECK(alive == 0);
  CHECK(woken.empty());
}

TEST_CASE("a large frame is no problem", "[timer_queue]") {
  TimerQueue queue;
  std::string result;
  const auto large = [](std::string& out) -> SleepingTask {
    std::array<char, 5000> text{};
    co_await SleepUntil(Clock::now());
    text.fill('x');
    co_await SleepUntil(Clock::now());
    out.assign(text.begin(), text.end());
  };
  queue.start(large(result));
  queue.run();
  CHECK(result == std::string(5000, 'x'));
}
