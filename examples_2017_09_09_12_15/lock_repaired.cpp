/*
The data race repaired

One mutex in place of two. Built with ThreadSanitizer, too, it reports nothing, and the
answer is the only one that there can be.

    $ examples_2017_09_09_12_15/lock_repaired
    two threads change x
    x is -1
*/
#include <fmt/core.h>

#include <cstdio>
#include <mutex>
#include <thread>

int x = 0;
std::mutex x_lock;

void change_x(int by) {
  const std::lock_guard guard(x_lock);
  x = x + by;
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  fmt::print("two threads change x\n");

  std::jthread first(change_x, 1);
  std::jthread second(change_x, -2);
  first.join();
  second.join();
  fmt::print("x is {}\n", x);
}
