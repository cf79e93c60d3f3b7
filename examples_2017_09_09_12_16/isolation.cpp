/*
What a process keeps to itself

A process has its own memory: what a child writes, its parent does not see, and to the
parent the child's crash is an exit code. Threads share one memory: what one of them
writes, the others see, and a crash of one is the end of all.

    $ examples_2017_09_09_12_16/isolation
    a| a child writes 1
       main reads 0
    b| a child is about to crash
       its exit code is -11
    c| a thread of a child is about to crash
       its exit code is -11
    d| a thread writes 1
       main reads 1
*/
#include <fmt/core.h>

#include <csignal>
#include <cstdio>
#include <thread>

#include "examples_2017_09_09_12_16/process.hpp"
#include "examples_2025_03_03_15_36/thread_names.hpp"

void write_one(int& number, const std::string& writer) {
  number = 1;
  fmt::print("a {} writes {}\n", writer, number);
}

// Ends as one who follows a wild pointer does.
void crash(const std::string& who) {
  fmt::print("a {} is about to crash\n", who);
  std::signal(SIGSEGV, SIG_DFL);
  std::raise(SIGSEGV);
}

void crash_in_a_thread() {
  std::jthread thread(crash, "thread of a child");
  name_thread(thread, "thread");
  thread.join();
  fmt::print("this line is never printed\n");
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  int number = 0;

  Process writing({.name = "writing"}, [&number] { write_one(number, "child"); });
  writing.start();
  writing.join();
  fmt::print("main reads {}\n", number);

  Process crashing({.name = "crashing"}, crash, "child");
  crashing.start();
  crashing.join();
  fmt::print("its exit code is {}\n", crashing.exit_code().value());

  Process threaded({.name = "threaded"}, crash_in_a_thread);
  threaded.start();
  threaded.join();
  fmt::print("its exit code is {}\n", threaded.exit_code().value());

  std::jthread thread([&number] { write_one(number, "thread"); });
  name_thread(thread, "thread");
  thread.join();
  fmt::print("main reads {}\n", number);
}
