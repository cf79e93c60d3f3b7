/*
A daemon

A daemon is a process that nobody waits for: when the program has nothing else to do, it
is ended wherever it is. Here it never comes to its second line. With ``--wait`` the
program joins it, like any other process, and the line appears.

Ports: multiprocessing_daemon.py and multiprocessing_daemon_join.py
:cite:p:`hellmann_multiprocessing`

    $ examples_2017_09_09_12_16/example_3
              state     pid      name
    daemon  | starting  #1  daemon
    --
    ordinary| starting  #2  ordinary
    ordinary| exiting   #2  ordinary

    $ examples_2017_09_09_12_16/example_3 --wait
              state     pid      name
    daemon  | starting  #1  daemon
    --
    ordinary| starting  #2  ordinary
    ordinary| exiting   #2  ordinary
    main    | before join, is_alive() is true
    --
    daemon  | exiting   #1  daemon
              after join, is_alive() is false
*/
#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <thread>

#include "examples_2017_09_09_12_16/process.hpp"
#include "program/command_line.hpp"

using namespace std::chrono_literals;

void print_row(const std::string& state) {
  // Seven digits, as many as the largest id of a process has.
  fmt::print("{:<8}  {:07}  {}\n", state, ::getpid(), current_process_name());
}

void work_long() {
  print_row("starting");
  std::this_thread::sleep_for(2s);
  print_row("exiting");
}

void work_briefly() {
  print_row("starting");
  print_row("exiting");
}

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  CLI::App app("Starts a daemon and an ordinary process.");
  bool wait = false;
  app.add_flag("--wait", wait, "Wait for the daemon, too");
  parse_command_line(app, argc, argv);

  fmt::print("{:<8}  {:<7}  {}\n", "state", "pid", "name");
  Process daemon({.name = "daemon", .daemon = true}, work_long);
  Process ordinary({.name = "ordinary"}, work_briefly);
  daemon.start();
  std::this_thread::sleep_for(1s);
  ordinary.start();

  if (wait) {
    fmt::print("before join, is_alive() is {}\n", daemon.is_alive());
    daemon.join();
    ordinary.join();
    fmt::print("after join, is_alive() is {}\n", daemon.is_alive());
  }
}
