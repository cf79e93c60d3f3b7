/*
One loop for each core: processes

Again there is a loop for each core, each on a port that they share, but now each is a
process of its own, started before the first connection comes. The first process serves
nobody: it starts the others, ends them, and says so when one has died.

Ports: the remark on combining the styles :cite:p:`grinberg_async`

    $ examples_2026_11_22_10_00/7_2_loop_per_process --loops 2 --load 20
    listening on port #1
    20 connections: the server has 3 process(es) with 3 thread(s)
    and takes ~0.0<10000.0 kB of memory for each connection
    100 requests: 100 answers, 0 errors, in ~0.05<10.00 second(s)
    half of them within ~10.0<9000.0 ms, 99 % within ~10.0<9000.0 ms
    and ~0<100000 µs of the server's CPU time for each
    the server has ended with exit code 130
*/
#include <fmt/core.h>
#include <signal.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <vector>

#include "examples_2017_09_09_12_16/available_cores.hpp"
#include "examples_2017_09_09_12_16/process.hpp"
#include "examples_2026_11_22_10_00/coroutine_server.hpp"
#include "examples_2026_11_22_10_00/listener.hpp"
#include "examples_2026_11_22_10_00/service_options.hpp"

namespace asio = boost::asio;

// What a worker does: the same as a server with one loop, on a socket that listens.
void serve(Socket listening, const ServiceOptions& options) {
  asio::io_context loop(1);
  asio::signal_set signals(loop, SIGTERM);
  signals.async_wait([&](auto, auto) { loop.stop(); });
  LoopAcceptor acceptor(loop.get_executor(), asio::ip::tcp::v4(), listening.release());
  asio::co_spawn(loop, serve_connections(acceptor, options), asio::detached);
  loop.run();
}

// A socket for each worker, all on one port, which is found if it is 0. Connections
// wait in them for their worker.
std::vector<Socket> share_port(std::uint16_t& port, int count) {
  asio::io_context nobody(1);  // runs these sockets: their workers will
  std::vector<Socket> sockets;
  while (count-- > 0) {
    LoopAcceptor acceptor = listen_on(nobody, port, true);
    port = acceptor.local_endpoint().port();
    sockets.emplace_back(acceptor.release());
  }
  return sockets;
}

// Waits for Ctrl-C; says which workers have died before it. Returns the exit code.
int watch(std::vector<Process>& workers, const ::sigset_t& signals) {
  while (!workers.empty()) {
    int signal = 0;
    ::sigwait(&signals, &signal);
    if (signal != SIGCHLD) return 128 + signal;
    std::erase_if(workers, [](Process& worker) {
      if (worker.is_alive()) return false;
      fmt::print(stderr, "{} has died with exit code {}\n", worker.name(),
                 worker.exit_code().value_or(0));
      return true;
    });
  }
  return 1;
}

int main(int argc, char** argv) {
  int count = available_cores();
  const ServiceOptions options = service_options(argc, argv, &count);
  raise_open_files_limit();

  // They come to the first process alone, which then ends the others.
  ::sigset_t signals, ending;
  ::sigemptyset(&ending);
  ::sigaddset(&ending, SIGTERM);
  signals = ending;
  for (const int signal : {SIGINT, SIGCHLD}) ::sigaddset(&signals, signal);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  std::uint16_t port = options.port;
  std::vector<Socket> sockets = share_port(port, count);
  std::vector<Process> workers;
  for (int n = 0; n < count; ++n) {
    workers.emplace_back(
        ProcessOptions{.name = fmt::format("loop {}", n + 1), .daemon = true}, [&, n] {
          ::pthread_sigmask(SIG_UNBLOCK, &ending, nullptr);
          Socket own = std::move(sockets[static_cast<std::size_t>(n)]);
          sockets.clear();  // or that of a worker that dies would stay open here
          serve(std::move(own), options);
        });
    workers.back().start();
  }
  sockets.clear();  // each is its worker's now
  print_port(port);

  return watch(workers, signals);
}
