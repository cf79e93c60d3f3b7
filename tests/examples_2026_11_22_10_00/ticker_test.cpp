// The coroutine that shows whether its loop turns: when it ticks, and what it returns.
#include "examples_2026_11_22_10_00/ticker.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <string>
#include <thread>

#include "tests/captured_output.hpp"
#include "tests/catch.hpp"

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

struct Ticked {
  std::string output;
  double late;
  std::chrono::duration<double> taken;
};

// What it does on a loop that is kept from turning at its start.
Ticked tick_on_a_loop_held_for(std::chrono::milliseconds duration) {
  asio::io_context loop(1);
  auto late = asio::co_spawn(loop, tick(), asio::use_future);
  asio::post(loop, [duration] { std::this_thread::sleep_for(duration); });
  const auto start = std::chrono::steady_clock::now();
  const std::string output = captured_output([&] { loop.run(); });
  return {output, late.get(), std::chrono::steady_clock::now() - start};
}

}  // namespace

TEST_CASE("tick ticks three times, none of them early", "[ticker]") {
  const Ticked ticked = tick_on_a_loop_held_for(0ms);
  CHECK(ticked.output == "tick 1\ntick 2\ntick 3\n");
  CHECK(ticked.taken >= 600ms);
  CHECK(ticked.late >= 0.0);
}

TEST_CASE("tick returns how late the latest tick came", "[ticker]") {
  const Ticked ticked = tick_on_a_loop_held_for(500ms);
  CHECK(ticked.output == "tick 1\ntick 2\ntick 3\n");
  CHECK(ticked.taken >= 600ms);
  CHECK(ticked.late >= 0.3);  // the first was due after 0.2 seconds
  CHECK(ticked.late <= ticked.taken.count() - 0.2);
}
