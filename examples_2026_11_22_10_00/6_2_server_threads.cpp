/*
A busy server: a thread for each connection

Each connection is served by a thread, which waits in the same blocking calls.

Ports: the second column of the talk's table :cite:p:`grinberg_async`

    $ examples_2026_11_22_10_00/6_2_server_threads --load 20
    listening on port #1
    20 connections: the server has 1 process(es) with 21 thread(s)
    and takes ~0.0<10000.0 kB of memory for each connection
    100 requests: 100 answers, 0 errors, in ~0.05<10.00 second(s)
    half of them within ~10.0<9000.0 ms, 99 % within ~10.0<9000.0 ms
    and ~0<100000 µs of the server's CPU time for each
    the server has ended with exit code 130
*/
#include <cstdlib>
#include <system_error>
#include <thread>

#include "examples_2026_11_22_10_00/listener.hpp"
#include "examples_2026_11_22_10_00/serve_blocking.hpp"
#include "examples_2026_11_22_10_00/service_options.hpp"

int main(int argc, char** argv) {
  const ServiceOptions options = service_options(argc, argv);
  raise_open_files_limit();
  Listener listener(options.port);
  while (auto connection = listener.accept()) {
    try {
      std::thread([connection = std::move(*connection), &options] {
        serve_blocking(connection, options);
      }).detach();
    } catch (const std::system_error& error) {  // no more threads
      report_refused_connection(error.code());
    }
  }
  // The threads wait in calls from which nothing can call them back: they end with the
  // program, without an end of their own.
  std::quick_exit(listener.exit_code());
}
