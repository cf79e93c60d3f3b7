#include "examples_2026_11_22_10_00/duration_queue.hpp"

#include <chrono>
#include <deque>
#include <stdexcept>
#include <vector>

#include "tests/catch.hpp"

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

QueuedTask note(DurationQueue& queue, int number, std::vector<int>& woken) {
  co_await queue;
  woken.push_back(number);
}

QueuedTask sleep_again(DurationQueue& queue, int times, std::vector<int>& woken) {
  for (int time = 1; time <= times; ++time) {
    co_await queue;
    woken.push_back(time);
  }
}

QueuedTask fail(DurationQueue& queue) {
  co_await queue;
  throw std::runtime_error("it failed");
}

struct Counted {
  explicit Counted(int& count) : count_(count) { ++count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --count_; }

 private:
  int& count_;
};

QueuedTask live(DurationQueue& queue, int& alive) {
  const Counted counted(alive);
  co_await queue;
}

void start(QueuedTask task) {
  resume_task(task.release());
}

}  // namespace

TEST_CASE("tasks of one duration wake in the order in which they began",
          "[duration_queue]") {
  std::deque<DurationQueue> queues;
  DurationQueue& queue = queues.emplace_back(2ms);
  std::vector<int> woken;
  for (int i = 0; i < 1000; ++i) start(note(queue, i, woken));
  run(queues);
  std::vector<int> all(1000);
  for (int i = 0; i < 1000; ++i) all[static_cast<std::size_t>(i)] = i;
  CHECK(woken == all);
  CHECK(queue.next_time() == Clock::time_point::max());
}

TEST_CASE("the shorter duration wakes first, and none too early", "[duration_queue]") {
  std::deque<DurationQueue> queues;
  queues.emplace_back(30ms);
  queues.emplace_back(10ms);
  std::vector<int> woken;
  const Clock::time_point start_time = Clock::now();
  start(note(queues[0], 2, woken));
  start(note(queues[1], 1, woken));
  CHECK(queues[0].next_time() >= start_time + 30ms);
  CHECK(queues[1].next_time() >= start_time + 10ms);
  run(queues);
  CHECK(woken == std::vector{1, 2});
  CHECK(Clock::now() >= start_time + 30ms);
}

TEST_CASE("a task may sleep again in the same queue", "[duration_queue]") {
  std::deque<DurationQueue> queues;
  std::vector<int> woken;
  // Not even a duration of 0 is found again at the time that has just been woken.
  start(sleep_again(queues.emplace_back(0ms), 3, woken));
  run(queues);
  CHECK(woken == std::vector{1, 2, 3});
}

TEST_CASE("after a task's exception the queue goes on", "[duration_queue]") {
  std::deque<DurationQueue> queues;
  DurationQueue& queue = queues.emplace_back(1ms);
  std::vector<int> woken;
  start(note(queue, 1, woken));
  start(fail(queue));
  start(note(queue, 2, woken));
  CHECK_THROWS_WITH(run(queues), "it failed");
  run(queues);
  CHECK(woken == std::vector{1, 2});
}

TEST_CASE("tasks that still sleep are destroyed with their duration's queue",
          "[duration_queue]") {
  int alive = 0;
  {
    DurationQueue queue(1h);
    for (int i = 0; i < 100; ++i) start(live(queue, alive));
    CHECK(alive == 100);
  }
  CHECK(alive == 0);
}
