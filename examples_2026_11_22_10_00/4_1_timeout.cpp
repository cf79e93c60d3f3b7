/*
A wait that is given up

Three servers are asked. One answers in time; one would take a minute, and is given up
after a second; one fails, and that is known as soon as it does. A coroutine that is
given up is not just forgotten: it ends, and what it holds is closed.

For: the remark on what waits while others run :cite:p:`grinberg_async`, and what each
such wait needs

    $ examples_2026_11_22_10_00/4_1_timeout
    asking the quick server
    the connection to the quick server is closed
    the quick server answers 42
    asking the slow server
    the connection to the slow server is closed
    the slow server: no answer within 1 second(s)
    asking the broken server
    the connection to the broken server is closed
    the broken server: it is out of order
    the program finished after ~1.20 second(s)
*/
#include <fmt/core.h>

#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <stdexcept>
#include <string>

#include "examples_2025_03_03_15_36/report_finished.hpp"
#include "examples_2026_11_22_10_00/with_timeout.hpp"

namespace asio = boost::asio;
using namespace std::chrono_literals;

struct OutOfOrder : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Says when it is destroyed, which is how all that a coroutine holds is given back.
struct Connection {
  std::string server;
  ~Connection() { fmt::print("the connection to the {} server is closed\n", server); }
};

// The stand-in for a question over the network.
asio::awaitable<int> ask(std::string server, std::chrono::milliseconds delay) {
  fmt::print("asking the {} server\n", server);
  const Connection connection{server};
  asio::steady_timer timer(co_await asio::this_coro::executor, delay);
  co_await timer.async_wait(asio::use_awaitable);
  if (server == "broken") throw OutOfOrder("it is out of order");
  co_return 42;
}

asio::awaitable<void> ask_within(std::chrono::seconds timeout, std::string server,
                                 std::chrono::milliseconds delay) {
  try {
    const int answer = co_await with_timeout(ask(server, delay), timeout);
    fmt::print("the {} server answers {}\n", server, answer);
  } catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::timed_out) throw;
    fmt::print("the {} server: no answer within {} second(s)\n", server,
               timeout.count());
  } catch (const OutOfOrder& error) {
    fmt::print("the {} server: {}\n", server, error.what());
  }
}

asio::awaitable<void> ask_all() {
  co_await ask_within(30s, "quick", 100ms);
  co_await ask_within(1s, "slow", 1min);
  co_await ask_within(30s, "broken", 100ms);
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const auto start = std::chrono::steady_clock::now();

  asio::io_context loop(1);
  asio::co_spawn(loop, ask_all(), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
  loop.run();

  report_finished(start);
}
