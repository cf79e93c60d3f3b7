// A stopwatch for wall time and CPU time. Only bounds that hold on a busy machine, too.
#include "examples_2017_09_09_12_15/timer.hpp"

#include <stdexcept>
#include <thread>

#include "examples_2017_09_09_12_16/process.hpp"
#include "tests/catch.hpp"

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using Seconds = Timer::Seconds;

namespace {

// What getrusage and the threads' own clocks may differ by.
constexpr Seconds tolerance = 5ms;

Seconds cpu_time_of(clockid_t clock) {
  ::timespec time;
  ::clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// Keeps a core busy until this thread has had so much CPU time.
void burn(Seconds time) {
  const Seconds begin = cpu_time_of(CLOCK_THREAD_CPUTIME_ID);
  while (cpu_time_of(CLOCK_THREAD_CPUTIME_ID) - begin < time) continue;
}

}  // namespace

TEST_CASE("A timer that was never started says zero", "[timer]") {
  const Timer timer;
  CHECK(timer.wall() == 0s);
  CHECK(timer.cpu() == 0s);
  CHECK_FALSE(timer.running());
  CHECK(timer.report() == "cpu : 0.00000\nwall: 0.00000");
}

TEST_CASE("A sleep is wall time, and hardly CPU time", "[timer]") {
  Timer timer;
  timer.start();
  std::this_thread::sleep_for(200ms);
  timer.stop();
  CHECK(timer.wall() >= 200ms);
  CHECK(timer.cpu() < 100ms);
}

TEST_CASE("Work is CPU time, and no more of it than wall time on one thread",
          "[timer]") {
  Timer timer;
  timer.start();
  burn(100ms);
  timer.stop();
  CHECK(timer.cpu() >= 100ms - tolerance);
  CHECK(timer.wall() >= 100ms);
  CHECK(timer.cpu() <= timer.wall() + tolerance);
}

TEST_CASE("The CPU time of all threads adds up", "[timer]") {
  Timer timer;
  timer.start();
  {
    const std::jthread one(burn, 100ms);
    const std::jthread two(burn, 100ms);
  }
  timer.stop();
  CHECK(timer.cpu() >= 200ms - 2 * tolerance);
}

TEST_CASE("The CPU time of a child counts once it was waited for", "[timer]") {
  Timer timer;
  timer.start();
  Process child([] { burn(100ms); });
  child.start();
  child.join();
  timer.stop();
  CHECK(timer.cpu() >= 100ms - tolerance);

  // That of one that ended before does not.
  timer.restart();
  timer.stop();
  CHECK(timer.cpu() < 100ms - tolerance);
}

TEST_CASE("The CPU time of a child's children counts, too", "[timer]") {
  Timer timer;
  timer.start();
  Process child([] {
    Process grandchild([] { burn(100ms); });
    grandchild.start();
    grandchild.join();
  });
  child.start();
  child.join();
  timer.stop();
  CHECK(timer.cpu() >= 100ms - tolerance);
}

TEST_CASE("Stretches add up, and what is between them does not count", "[timer]") {
  Timer timer, whole;
  whole.start();
  for (int i = 0; i < 2; ++i) {
    timer.start();
    std::this_thread::sleep_for(50ms);
    burn(20ms);
    timer.stop();
    const Seconds wall = timer.wall(), cpu = timer.cpu();
    std::this_thread::sleep_for(100ms);
    burn(50ms);
    CHECK(timer.wall() == wall);
    CHECK(timer.cpu() == cpu);
  }
  whole.stop();
  CHECK(timer.wall() >= 140ms);
  CHECK(timer.cpu() >= 40ms - tolerance);
  CHECK(timer.wall() <= whole.wall() - 300ms);
  CHECK(timer.cpu() <= whole.cpu() - 100ms + tolerance);
}

TEST_CASE("While it runs it says what has passed so far", "[timer]") {
  Timer timer;
  timer.start();
  CHECK(timer.running());
  std::this_thread::sleep_for(20ms);
  const Seconds wall = timer.wall();
  CHECK(wall >= 20ms);
  burn(20ms);
  CHECK(timer.wall() >= wall + 20ms);
  CHECK(timer.cpu() >= 20ms - tolerance);
  timer.stop();
  CHECK(timer.wall() >= wall + 20ms);
}

TEST_CASE("reset sets it to zero and stops it, restart starts it again", "[timer]") {
  Timer timer;
  timer.start();
  burn(20ms);
  const bool stopped = GENERATE(false, true);
  if (stopped) timer.stop();
  timer.reset();
  CHECK_FALSE(timer.running());
  CHECK(timer.wall() == 0s);
  CHECK(timer.cpu() == 0s);

  Timer other;
  other.start();
  timer.restart();
  CHECK(timer.running());
  timer.restart();  // a running one, too
  std::this_thread::sleep_for(20ms);
  timer.stop();
  other.stop();
  CHECK(timer.wall() >= 20ms);
  CHECK(timer.wall() <= other.wall());
}

TEST_CASE("A start or stop that makes no sense is an error, and changes nothing",
          "[timer]") {
  Timer timer;
  CHECK_THROWS_AS(timer.stop(), std::logic_error);
  CHECK_THROWS_WITH(timer.stop(), ContainsSubstring("not started"));
  timer.start();
  std::this_thread::sleep_for(20ms);
  CHECK_THROWS_AS(timer.start(), std::logic_error);
  CHECK_THROWS_WITH(timer.start(), ContainsSubstring("is running"));
  timer.stop();
  CHECK(timer.wall() >= 20ms);
  const Seconds wall = timer.wall();
  CHECK_THROWS_AS(timer.stop(), std::logic_error);
  CHECK(timer.wall() == wall);
}

TEST_CASE("The report has both totals, in seconds", "[timer]") {
  Timer timer;
  timer.start();
  std::this_thread::sleep_for(20ms);
  timer.stop();
  CHECK(timer.report() == fmt::format("cpu : {:.5f}\nwall: {:.5f}", timer.cpu().count(),
                                      timer.wall().count()));
}
