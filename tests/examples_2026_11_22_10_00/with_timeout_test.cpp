// A timeout for a coroutine: what comes back, and that nothing of it is left.
#include "examples_2026_11_22_10_00/with_timeout.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <memory>
#include <stdexcept>
#include <string>

#include "tests/catch.hpp"

namespace asio = boost::asio;
using boost::system::system_error;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

asio::awaitable<void> sleep(Clock::duration duration) {
  asio::steady_timer timer(co_await asio::this_coro::executor, duration);
  co_await timer.async_wait(asio::use_awaitable);
}

/// Sleeps, and then returns or throws the text; holds the token meanwhile.
asio::awaitable<std::string> say(Clock::duration after, std::string text,
                                 std::shared_ptr<int> /*token*/ = nullptr,
                                 bool throws = false) {
  co_await sleep(after);
  if (throws) throw std::runtime_error(text);
  co_return text;
}

/// Runs a coroutine to its end.
template <class Value>
Value run(asio::awaitable<Value> task) {
  asio::io_context loop(1);
  auto result = asio::co_spawn(loop, std::move(task), asio::use_future);
  loop.run();
  return result.get();
}

bool has_timed_out(const system_error& error) {
  return error.code() == asio::error::timed_out;
}

}  // namespace

TEST_CASE("What ends in time gives its value or its exception", "[with_timeout]") {
  const auto start = Clock::now();
  CHECK(run(with_timeout(say(1ms, "done"), 1h)) == "done");
  CHECK_THROWS_WITH(run(with_timeout(say(1ms, "broken", nullptr, true), 1h)), "broken");
  CHECK(Clock::now() - start < 1min);  // the timer is not waited for
}

TEST_CASE("What takes too long is given up, and nothing of it is left",
          "[with_timeout]") {
  const auto token = std::make_shared<int>();
  asio::io_context loop(1);
  bool was_checked = false;
  asio::co_spawn(
      loop,
      [&]() -> asio::awaitable<void> {
        const auto start = Clock::now();
        try {
          co_await with_timeout(say(1h, "done", token), 20ms);
        } catch (const system_error& error) {
          CHECK(has_timed_out(error));
          was_checked = true;
        }
        CHECK(token.use_count() == 1);  // at once, not when the loop ends
        CHECK(Clock::now() - start >= 20ms);
      },
      asio::detached);
  const auto start = Clock::now();
  loop.run();
  CHECK(was_checked);
  CHECK(Clock::now() - start < 1min);
}

TEST_CASE("What is given up may take its leave, and is waited for", "[with_timeout]") {
  bool has_left = false;
  const auto polite = [&]() -> asio::awaitable<int> {
    try {
      co_await sleep(1h);
    } catch (const system_error&) {
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await sleep(20ms);
    has_left = true;
    co_return 1;
  };
  CHECK_THROWS_AS(run(with_timeout(polite(), 20ms)), system_error);
  CHECK(has_left);
}

TEST_CASE("Of two timeouts the shorter one ends it", "[with_timeout]") {
  const auto start = Clock::now();
  try {
    run(with_timeout(with_timeout(say(1h, "done"), 1h), 20ms));
    FAIL("it was not given up");
  } catch (const system_error& error) {
    CHECK(has_timed_out(error));
  }
  CHECK(Clock::now() - start < 1min);
}

TEST_CASE("A cancellation from outside reaches it, and is no timeout",
          "[with_timeout]") {
  const auto token = std::make_shared<int>();
  asio::io_context loop(1);
  asio::cancellation_signal stop;
  auto result =
      asio::co_spawn(loop, with_timeout(say(1h, "done", token), 1h),
                     asio::bind_cancellation_slot(stop.slot(), asio::use_future));
  asio::steady_timer soon(loop, 20ms);
  soon.async_wait([&](auto) { stop.emit(asio::cancellation_type::terminal); });
  loop.run();
  try {
    result.get();
    FAIL("it was not cancelled");
  } catch (const system_error& error) {
    CHECK(error.code() == asio::error::operation_aborted);
  }
  CHECK(token.use_count() == 1);
}

TEST_CASE("A loop that is destroyed takes its waiting coroutines with it",
          "[with_timeout]") {
  const auto token = std::make_shared<int>();
  {
    asio::io_context loop(1);
    asio::co_spawn(loop, with_timeout(say(1h, "done", token), 1h), asio::detached);
    loop.run_for(20ms);
    CHECK(token.use_count() > 1);
  }
  CHECK(token.use_count() == 1);
}

// [either]
TEST_CASE("The operator || waits for a success, and keeps a failure to itself",
          "[with_timeout]") {
  using namespace asio::experimental::awaitable_operators;
  const auto start = Clock::now();
  const auto either = run(say(1ms, "broken", nullptr, true) || sleep(200ms));
  CHECK(either.index() == 1);  // it looks like a timeout that has passed
  CHECK(Clock::now() - start >= 200ms);
}
