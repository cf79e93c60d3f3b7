/*
One loop for each core: threads

A loop runs on one thread, and so on one core. Here there is a loop for each core, each
on a thread of its own, and each listens on the same port: the kernel shares out the
connections.

Ports: the remark on combining the styles :cite:p:`grinberg_async`

    $ examples_2026_11_22_10_00/7_1_loop_per_thread --loops 2 --load 20
    listening on port #1
    20 connections: the server has 1 process(es) with 2 thread(s)
    and takes ~0.0<10000.0 kB of memory for each connection
    100 requests: 100 answers, 0 errors, in ~0.05<10.00 second(s)
    half of them within ~10.0<9000.0 ms, 99 % within ~10.0<9000.0 ms
    and ~0<100000 µs of the server's CPU time for each
    the server has ended with exit code 130
*/
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "examples_2017_09_09_12_16/available_cores.hpp"
#include "examples_2025_03_03_15_36/thread_names.hpp"
#include "examples_2026_11_22_10_00/coroutine_server.hpp"
#include "examples_2026_11_22_10_00/listener.hpp"
#include "examples_2026_11_22_10_00/service_options.hpp"

namespace asio = boost::asio;

int main(int argc, char** argv) {
  int count = available_cores();
  const ServiceOptions options = service_options(argc, argv, &count);
  raise_open_files_limit();

  // Nothing is shared between the loops but the port.
  std::deque<asio::io_context> loops;
  std::deque<LoopAcceptor> acceptors;
  std::uint16_t port = options.port;
  for (int n = 0; n < count; ++n) {
    acceptors.push_back(listen_on(loops.emplace_back(1), port, true));
    port = acceptors.back().local_endpoint().port();
    asio::co_spawn(loops.back(), serve_connections(acceptors.back(), options),
                   asio::detached);
  }

  int exit_code = 0;
  asio::signal_set signals(loops.front(), SIGINT, SIGTERM);
  signals.async_wait([&](const boost::system::error_code& error, int signal) {
    if (error) return;
    exit_code = 128 + signal;
    for (auto& loop : loops) loop.stop();
  });

  std::vector<std::jthread> threads;
  for (std::size_t n = 1; n < loops.size(); ++n) {
    threads.emplace_back([&loop = loops[n]] { loop.run(); });
    name_thread(threads.back(), "loop " + std::to_string(n + 1));
  }
  print_port(port);
  loops.front().run();
  threads.clear();  // waits for them
  return exit_code;
}
