/*
What cannot be sent to another process

What is given to a pool travels to a worker as bytes, and so does what comes back. Some
things are more than their bytes: a lock, an open file, a thread, a function that
remembers something. C++ knows it when it compiles, and a program may ask.

Ports: the pitfall "what can't be pickled" :cite:p:`mcoding_cores`

    $ examples_2025_03_03_17_26/pitfall_2_what_cannot_be_sent
    a number comes back as it was
    a list of texts comes back as it was
    a map of numbers by name comes back as it was
    a lock cannot be sent
    an open file cannot be sent
    a thread cannot be sent
    a lambda that captures cannot be sent
*/
#include <fmt/core.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "examples_2025_03_03_16_52/process_pool.hpp"

template <class T>
void send(ProcessPool& pool, std::string_view name, const T& thing) {
  if constexpr (sendable<T>) {
    const T back = pool.submit([](T given) { return given; }, thing).get();
    fmt::print("{} comes back {}\n", name, back == thing ? "as it was" : "changed");
  } else {
    // Here, pool.submit(..., thing) would not compile.
    fmt::print("{} cannot be sent\n", name);
  }
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  ProcessPool pool(1);

  send(pool, "a number", 42);
  send(pool, "a list of texts", std::vector<std::string>{"one", "two"});
  send(pool, "a map of numbers by name", std::map<std::string, int>{{"one", 1}});
  send(pool, "a lock", std::mutex());
  send(pool, "an open file", std::ifstream("/dev/null"));
  send(pool, "a thread", std::jthread());
  int sum = 0;
  send(pool, "a lambda that captures", [&sum](int x) { sum += x; });
}
