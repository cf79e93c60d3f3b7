/*
A data race, and who finds it

The same mistake with an ordinary variable: each thread locks a mutex of its own. In C++
that is a data race, and a program that has one has no meaning at all. Built with
ThreadSanitizer, it reports the two accesses, and ends.

    $ examples_2017_09_09_12_15/lock_data_race
    two threads change x
    ==================
    WARNING: ThreadSanitizer: data race (pid=#1)
      {Read,Write} of size 4 at 0x#2 by thread T{1,2} (mutexes: write M#3):
        change_x(int, std::mutex&) examples_2017_09_09_12_15/lock_data_race.cpp:30
      Previous {read,write} of size 4 at 0x#2 by thread T{1,2} (mutexes: write M#4):
        change_x(int, std::mutex&) examples_2017_09_09_12_15/lock_data_race.cpp:30
      Location is global 'x' of size 4 at 0x#2 (lock_data_race+0x#5)
    ==================
    [exit status 66]
*/
#include <fmt/core.h>

#include <cstdio>
#include <mutex>
#include <thread>

int x = 0;

void change_x(int by, std::mutex& x_lock) {
  const std::lock_guard guard(x_lock);
  x = x + by;
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  fmt::print("two threads change x\n");

  std::mutex first_lock, second_lock;
  std::jthread first(change_x, 1, std::ref(first_lock));
  std::jthread second(change_x, -2, std::ref(second_lock));
  first.join();
  second.join();
  fmt::print("x is {}\n", x);
}
