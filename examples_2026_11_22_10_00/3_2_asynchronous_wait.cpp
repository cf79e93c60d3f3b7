/*
The asynchronous replacement

The same question, asked by the framework's functions. Where the blocking one would wait
in the kernel, these wait in the loop: the coroutine is put aside, and the others run.

Ports: the remark "the framework's replacements" :cite:p:`grinberg_async`

    $ examples_2026_11_22_10_00/3_2_asynchronous_wait
    asking the server
    tick 1
    tick 2
    tick 3
    the answer is 42
    the latest tick came ~0.00000<0.40000 second(s) late
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
  const std::string answer = co_await async_http_get(host, port, "/answer");
  fmt::print("the answer is {}\n", answer);
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
