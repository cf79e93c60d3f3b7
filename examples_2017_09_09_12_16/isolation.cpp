/*
What a process keeps to itself

A process has its own memory: what a child writes, its parent does not see, and a crash
of the child is an exit code to the parent. Threads share one memory: what one
writes, the others see, and a crash of one ends them all.

    $ examples_2017_09_09_12_16/isolation
    child | the child writes 1
            main reads 0
            a child crashed: exit code -11
    second| a thread of the second child is about to crash
            the second child crashed with it: exit code -11
    thread| the thread writes 1
            main reads 1
*/
#include <fmt/core.h>

#include <csignal>
#include <cstdio>
#include <thread>

#include "examples_2017_09_09_12_16/process.hpp"

// What the system does to a thread that follows a wild pointer.
void crash() {
  std::signal(SIGSEGV, SIG_DFL);
  std::raise(SIGSEGV);
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  int number = 0;

  Process writes({.name = "writes"}, [&number] {
    number = 1;
    fmt::print("the child writes {}\n", number);
  });
  writes.start();
  writes.join();
  fmt::print("main reads {}\n", number);

  Process crashes({.name = "crashes"}, crash);
  crashes.start();
  crashes.join();
  fmt::print("a child crashed: exit code {}\n", crashes.exit_code().value());

  Process second({.name = "second"}, [] {
    fmt::print("a thread of the second child is about to crash\n");
    std::jthread(crash).join();
    fmt::print("this line is never printed\n");
  });
  second.start();
  second.join();
  fmt::print("the second child crashed with it: exit code {}\n",
             second.exit_code().value());

  std::jthread thread([&number] {
    number = 1;
    fmt::print("the thread writes {}\n", number);
  });
  thread.join();
  fmt::print("main reads {}\n", number);
}
