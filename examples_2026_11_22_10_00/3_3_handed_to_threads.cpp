/*
A blocking call, handed to threads

Where there is no replacement, the blocking function is called on a thread that has
nothing else to do. The coroutine awaits its answer, and the loop goes on turning.

Ports: the remark on blocking functions, that threads "can use those without a problem"
:cite:p:`grinberg_async`

    $ examples_2026_11_22_10_00/3_3_handed_to_threads
    pool| asking the server
    loop| tick 1
    loop| tick 2
    loop| tick 3
          the answer is 42
          the latest tick came ~0.00000<0.40000 second(s) late
*/
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdio>

#include "examples_2025_03_03_15_36/file_server.hpp"
#include "examples_2025_03_03_15_36/http_get.hpp"
#include "examples_2025_03_03_15_36/thread_names.hpp"
#include "examples_2026_11_22_10_00/ticker.hpp"

namespace asio = boost::asio;
using namespace std::chrono_literals;

// Runs on a thread of the pool, which it keeps until the answer is there.
asio::awaitable<std::string> blocking_http_get(std::string host, std::uint16_t port) {
  fmt::print("asking the server\n");
  co_return http_get(host, port, "/answer");
}

// Runs on the loop, and goes on there when the pool has answered.
asio::awaitable<void> ask(asio::thread_pool& pool, std::string host,
                          std::uint16_t port) {
  const std::string answer =
      co_await asio::co_spawn(pool, blocking_http_get(host, port), asio::use_awaitable);
  fmt::print("the answer is {}\n", answer);
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too

  FileServer server({{"answer", "42"}}, 1s);
  asio::thread_pool pool(1);
  name_workers(pool);
  asio::io_context loop(1);
  auto late = asio::co_spawn(loop, tick(), asio::use_future);
  auto asked =
      asio::co_spawn(loop, ask(pool, server.host(), server.port()), asio::use_future);
  loop.run();

  asked.get();
  fmt::print("the latest tick came {:.5f} second(s) late\n", late.get());
}
