/*
A lock that guards its data

C++ has no lock for everything. Data that several threads use gets a lock of its own,
and here the two are one object: who wants the data has to lock it. Two threads move
money between two accounts, a third one adds them up, and never sees money that is on
its way.

    $ examples_2025_03_03_17_26/gil/guarded
    a| first has moved 1 unit 10000 times
    b| second has moved -1 unit 10000 times
    c| auditor has added up 10000 times, and found 2000 each time
       1000 and 1000 are left
*/
#include <fmt/core.h>

#include <boost/thread/synchronized_value.hpp>
#include <cstdio>
#include <mutex>
#include <thread>

#include "examples_2025_03_03_15_36/thread_names.hpp"

struct Accounts {
  int one = 1'000, other = 1'000;  // together always 2000
};
using GuardedAccounts = boost::synchronized_value<Accounts, std::mutex>;

void move_money(GuardedAccounts& guarded, int units, const char* thread) {
  for (int n = 0; n < 10'000; ++n) {
    auto accounts = guarded.synchronize();  // locked until the end of its block
    accounts->one -= units;
    accounts->other += units;
  }
  fmt::print("{} has moved {} unit 10000 times\n", thread, units);
}

void audit(const GuardedAccounts& guarded) {
  int right = 0;
  for (int n = 0; n < 10'000; ++n) {
    const auto accounts = guarded.synchronize();
    right += accounts->one + accounts->other == 2'000;
  }
  fmt::print("auditor has added up {} times, and found 2000 each time\n", right);
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  GuardedAccounts guarded;
  {
    std::jthread first([&] { move_money(guarded, 1, "first"); });
    std::jthread second([&] { move_money(guarded, -1, "second"); });
    std::jthread auditor([&] { audit(guarded); });
    name_thread(first, "first");
    name_thread(second, "second");
    name_thread(auditor, "auditor");
  }
  const Accounts left = guarded.get();
  fmt::print("{} and {} are left\n", left.one, left.other);
}
