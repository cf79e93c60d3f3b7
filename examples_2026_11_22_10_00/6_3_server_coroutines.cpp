/*
A busy server: a coroutine for each connection

Each connection is served by a coroutine. All of them run on one thread, which resumes
the one whose client has sent something, or whose time has come.

Ports: the third column of the talk's table :cite:p:`grinberg_async`

    $ examples_2026_11_22_10_00/6_3_server_coroutines --load 20
    listening on port #1
    20 connections: the server has 1 process(es) with 1 thread(s)
    and takes ~0.0<10000.0 kB of memory for each connection
    100 requests: 100 answers, 0 errors, in ~0.05<10.00 second(s)
    half of them within ~10.0<9000.0 ms, 99 % within ~10.0<9000.0 ms
    and ~0<100000 µs of the server's CPU time for each
    the server has ended with exit code 130
*/
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>

#include "examples_2026_11_22_10_00/coroutine_server.hpp"
#include "examples_2026_11_22_10_00/listener.hpp"
#include "examples_2026_11_22_10_00/service_options.hpp"

namespace asio = boost::asio;

int main(int argc, char** argv) {
  const ServiceOptions options = service_options(argc, argv);
  raise_open_files_limit();
  asio::io_context loop(1);  // one thread

  int exit_code = 0;
  asio::signal_set signals(loop, SIGINT, SIGTERM);
  signals.async_wait([&](const boost::system::error_code& error, int signal) {
    if (error) return;
    exit_code = 128 + signal;
    loop.stop();
  });

  LoopAcceptor acceptor = listen_on(loop, options.port);
  print_port(acceptor.local_endpoint().port());
  asio::co_spawn(loop, serve_connections(acceptor, options), asio::detached);
  loop.run();
  return exit_code;
}
