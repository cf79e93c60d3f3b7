/*
A process's life, and how it ends

First one process from before its start to after its end. Between ``terminate``, which
only sends a signal, and ``join``, which waits, both answers are right. Then five ways
to end, and the exit code that each leaves: what a function returns does not count, and
a signal counts as a negative number.

Ports: multiprocessing_terminate.py and multiprocessing_exitcode.py
:cite:p:`hellmann_multiprocessing`

    $ examples_2017_09_09_12_16/example_4
    before:     <Process name='Process-1' parent=#1 initial> false
    during:     <Process name='Process-1' pid=#2 parent=#1 started> true
    terminated: <Process name='Process-1' pid=#2 parent=#1 {started,stopped exitcode=-SIGTERM}> {true,false}
    joined:     <Process name='Process-1' pid=#2 parent=#1 stopped exitcode=-SIGTERM> false
    an exception: {std::runtime_error,RuntimeError}: there was an error
    ended by        exit code
    return nothing          0
    return 1                0
    exit 1                  1
    an exception            1
    terminated            -15
*/
#include <fmt/core.h>

#include <cstdio>
#include <stdexcept>
#include <thread>
#include <vector>

#include "examples_2017_09_09_12_16/process.hpp"

using namespace std::chrono_literals;

void sleep_long() {
  std::this_thread::sleep_for(60s);
}

void print_life(const std::string& moment, Process& process) {
  const std::string description = process.description();
  fmt::print("{:<11} {} {}\n", moment, description, process.is_alive());
}

void live() {
  Process process(sleep_long);
  print_life("before:", process);

  process.start();
  print_life("during:", process);

  std::this_thread::sleep_for(100ms);  // long enough to be seen on the timeline
  process.terminate();
  print_life("terminated:", process);

  process.join();
  print_life("joined:", process);
}

void end_in_five_ways() {
  std::vector<Process> processes;
  const auto add = [&](const std::string& name, auto function) {
    processes.emplace_back(ProcessOptions{.name = name}, function);
    processes.back().start();
  };
  add("return nothing", [] {});
  add("return 1", [] { return 1; });
  add("exit 1", [] { exit_process(1); });
  add("an exception", [] { throw std::runtime_error("there was an error"); });
  add("terminated", sleep_long);
  std::this_thread::sleep_for(100ms);
  processes.back().terminate();

  for (Process& process : processes) process.join();
  fmt::print("{:<14}  {:>9}\n", "ended by", "exit code");
  for (Process& process : processes)
    fmt::print("{:<14}  {:>9}\n", process.name(), process.exit_code().value());
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too

  live();
  end_in_five_ways();
}
