/*
A blocking call in a coroutine

While the server works on its answer, the function that fetches a file sleeps in the
kernel. A thread may do that. A coroutine that does it stops its thread, and with it
every other coroutine of the loop.

Ports: the remark on blocking functions of the standard library :cite:p:`grinberg_async`

    $ examples_2026_11_22_10_00/3_1_blocking_call
    asking the server
    the answer is 42
    tick 1
    tick 2
    tick 3
    the latest tick came ~0.80000<8.00000 second(s) late
*/
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdio>

#include "examples_2025_03_03_15_36/file_server.hpp"
#include "examples_2025_03_03_15_36/http_get.hpp"
#include "examples_2026_11_22_10_00/ticker.hpp"

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<void> ask(std::string host, std::uint16_t port) {
  fmt::print("asking the server\n");
  const std::string answer = http_get(host, port, "/answer");  // nobody else runs
  fmt::print("the answer is {}\n", answer);
  co_return;
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too

  FileServer server({{"answer", "42"}}, 1s);
  asio::io_context loop(1);
  auto late = asio::co_spawn(loop, tick(), asio::use_future);
  auto asked =
      asio::co_spawn(loop, ask(server.host(), server.port()), asio::use_future);
  loop.run();

  asked.get();
  fmt::print("the latest tick came {:.5f} second(s) late\n", late.get());
}
