/*
Names of processes

Three processes say when they start and when they exit. Two were given a name; the third
has the one that it gets by itself, from its place among those that were made. The names
are for people: ``top`` and the timeline below show them, too.

Ports: multiprocessing_names.py :cite:p:`hellmann_multiprocessing`

    $ examples_2017_09_09_12_16/example_2
       state     name
    a| starting  work_quickly 1
    b| starting  work_quickly 2
    c| starting  Process-3
    --
    a| exiting   work_quickly 1
    b| exiting   work_quickly 2
    --
    c| exiting   Process-3
*/
#include <fmt/core.h>

#include <cstdio>
#include <thread>

#include "examples_2017_09_09_12_16/process.hpp"

using namespace std::chrono_literals;

void print_row(const std::string& state, const std::string& name) {
  fmt::print("{:<8}  {}\n", state, name);
}

void work(std::chrono::seconds duration) {
  print_row("starting", current_process_name());
  std::this_thread::sleep_for(duration);
  print_row("exiting", current_process_name());
}

void work_quickly() {
  work(2s);
}

void work_slowly() {
  work(4s);
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too

  Process first({.name = "work_quickly 1"}, work_quickly);
  Process second({.name = "work_quickly 2"}, work_quickly);
  Process third(work_slowly);

  print_row("state", "name");
  first.start();
  second.start();
  third.start();
}
