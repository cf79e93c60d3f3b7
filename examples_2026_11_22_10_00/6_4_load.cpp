/*
A load of many clients

A load has many connections to a server, each of which asks, and asks again as soon as
it has its answer. It starts the server, looks at what that takes, and ends it with
Ctrl-C.

For: the talk's busy server, made busy :cite:p:`grinberg_async`

    $ examples_2026_11_22_10_00/6_4_load --connections 100 -- 6_3_server_coroutines
    listening on port #1
    100 connections: the server has 1 process(es) with 1 thread(s)
    and takes ~0.0<1000.0 kB of memory for each connection
    500 requests: 500 answers, 0 errors, in ~0.05<10.00 second(s)
    half of them within ~10.0<9000.0 ms, 99 % within ~10.0<9000.0 ms
    and ~0<100000 µs of the server's CPU time for each
    the server has ended with exit code 130
*/
#include <fmt/core.h>
#include <signal.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string_view>

#include "examples_2026_11_22_10_00/load.hpp"
#include "examples_2026_11_22_10_00/server_process.hpp"
#include "program/command_line.hpp"

namespace {

struct Options {
  int connections = 100;
  int requests = 5;
  double seconds = 0;
  std::uint16_t port = 0;
  std::vector<std::string> server;
};

Options read_options(int argc, char** argv) {
  Options options;
  CLI::App app("Loads an HTTP server on 127.0.0.1 with many connections.");
  app.add_option("--connections", options.connections,
                 "Number of connections (default: 100)")
      ->check(CLI::Range(1, 1'000'000));
  auto* requests = app.add_option("--requests", options.requests,
                                  "Number of requests of each connection (default: 5)");
  requests->check(CLI::Range(2, 1'000'000'000));
  app.add_option("--seconds", options.seconds,
                 "Seconds to send requests for, in place of --requests")
      ->check(CLI::Range(0.001, 1e6))
      ->excludes(requests);
  app.add_option("--port", options.port, "Port of a server that is running already");
  app.footer(
      "After --: the server to start, and its arguments. A name without a directory is "
      "looked for beside this program.");
  char** const end = argv + argc;
  char** const dashes = std::find(argv, end, std::string_view("--"));
  parse_command_line(app, static_cast<int>(dashes - argv), argv);
  if (dashes != end) options.server.assign(dashes + 1, end);
  if ((options.port == 0) == options.server.empty()) {
    std::fputs("6_4_load: either --port or a server is required\n", stderr);
    std::exit(2);
  }
  if (!options.server.empty() && options.server[0].find('/') == std::string::npos)
    options.server[0] = std::filesystem::read_symlink("/proc/self/exe").parent_path() /
                        options.server[0];
  return options;
}

volatile std::sig_atomic_t stop_signal = 0;

void print_errors(std::map<std::string, int> errors, const LoadReport& more) {
  for (const auto& [why, count] : more.errors) errors[why] += count;
  for (const auto& [why, count] : errors)
    fmt::print(stderr, "6_4_load: {} time(s): {}\n", count, why);
}

}  // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const Options options = read_options(argc, argv);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    ::signal(signal, [](int number) { stop_signal = number; });
  ::signal(SIGPIPE, SIG_IGN);

  std::optional<ServerProcess> server;
  if (!options.server.empty()) server.emplace(options.server);
  const ServerUsage idle = server ? server->usage() : ServerUsage{};
  const std::uint16_t port = server ? server->port() : options.port;
  if (server) fmt::print("listening on port {}\n", port);

  std::optional<Load> load(std::in_place, port, options.connections,
                           [] { return stop_signal != 0; });
  const LoadReport opened = load->open();
  const ServerUsage before = server ? server->usage() : ServerUsage{};
  if (server && stop_signal == 0) {
    fmt::print("{} connections: the server has {} process(es) with {} thread(s)\n",
               load->open_connections(), before.processes, before.threads);
    fmt::print("and takes {:.1f} kB of memory for each connection\n",
               static_cast<double>(before.memory_bytes - idle.memory_bytes) / 1000 /
                   options.connections);
  }
  const LoadReport asked =
      options.seconds > 0
          ? load->ask_for(std::chrono::duration<double>(options.seconds))
          : load->ask(options.requests - 1);
  const ServerUsage after = server ? server->usage() : ServerUsage{};
  load.reset();  // closes all connections

  const std::size_t requests = opened.requests + asked.requests;
  const std::size_t answers = opened.answers + asked.answers;
  const int errors = opened.error_count() + asked.error_count();
  if (stop_signal == 0) {
    fmt::print("{} requests: {} answers, {} errors, in {:.2f} second(s)\n", requests,
               answers, errors, opened.seconds + asked.seconds);
    fmt::print("half of them within {:.1f} ms, 99 % within {:.1f} ms\n",
               asked.latency(0.5) * 1e3, asked.latency(0.99) * 1e3);
    if (server)
      fmt::print("and {:.0f} µs of the server's CPU time for each\n",
                 (after.cpu_seconds - before.cpu_seconds) * 1e6 /
                     static_cast<double>(std::max<std::size_t>(1, asked.answers)));
    print_errors(opened.errors, asked);
  }
  if (server) {
    const int code = server->end();
    if (stop_signal == 0) fmt::print("the server has ended with exit code {}\n", code);
    if (server->left() > 0)
      fmt::print(stderr, "6_4_load: the server has left {} process(es)\n",
                 server->left());
  }
  if (stop_signal != 0) return 128 + stop_signal;
  return errors == 0 && answers == requests ? 0 : 1;
}
