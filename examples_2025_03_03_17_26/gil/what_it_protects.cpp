/*
What the lock does not protect

Two threads append to one list, and add to one counter, in Python. The interpreter
changes threads between two steps of its own. To append is one such step: nothing is
lost. To add is several, and another thread may come in between: it reads the old
number, too.

    $ examples_2025_03_03_17_26/gil/what_it_protects
    appended to a list: 100000 of 100000
    added to a counter: ~1<100000 of 100000
    added under a lock: 100000 of 100000
*/
#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <thread>

#include "examples_2025_03_03_15_36/thread_names.hpp"
#include "examples_2025_03_03_17_26/gil/embedded_python.hpp"

namespace py = pybind11;
using namespace std::chrono_literals;

constexpr int times = 50'000, both = 2 * times;

constexpr auto code = R"(
import sys, threading
sys.setswitchinterval(1e-6)  # as short as can be, so that it happens soon

items, counter, lock = [], 0, threading.Lock()

def append(times):
    for _ in range(times):
        items.append("x")

def plus_one(number):
    return number + 1

def add(times):
    global counter
    for _ in range(times):
        counter = plus_one(counter)

def add_under_lock(times):
    global counter
    for _ in range(times):
        with lock:
            counter = plus_one(counter)
)";

void run_on_two_threads(const char* name) {
  const py::object function = py::globals()[name];
  const auto run = [&] {
    const py::gil_scoped_acquire acquired;
    function(times);
  };
  const py::gil_scoped_release released;
  std::jthread first(run), second(run);
  name_thread(first, "first");
  name_thread(second, "second");
}

int count_to(const char* name) {
  py::globals()["counter"] = 0;
  run_on_two_threads(name);
  return py::globals()["counter"].cast<int>();
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const py::scoped_interpreter python = start_python();
  py::exec(code);

  run_on_two_threads("append");
  fmt::print("appended to a list: {} of {}\n", py::len(py::globals()["items"]), both);

  const auto deadline = std::chrono::steady_clock::now() + 2min;
  int counted = both;  // it may go well, and mostly does not
  while (counted == both && std::chrono::steady_clock::now() < deadline)
    counted = count_to("add");
  fmt::print("added to a counter: {} of {}\n", counted, both);

  fmt::print("added under a lock: {} of {}\n", count_to("add_under_lock"), both);
}
