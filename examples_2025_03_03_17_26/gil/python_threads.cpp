/*
Two threads that run Python code

The interpreter inside a C++ program. The threads are those of C++, the code is
Python's. To run it, a thread must hold the interpreter's lock, and so the two take
turns: together they take as long as one thread that does both pieces.
:claim:`two threads that run Python code are no faster than one:
gil python_threads_speed_up_ratio < 1.2`

    $ examples_2025_03_03_17_26/gil/python_threads
    one thread, both pieces: ~0.00<60.00 second(s)
    two threads, one each:   ~0.00<60.00 second(s)
    speed-up: ~0.00<100.00
*/
#include <cstdio>

#include "examples_2025_03_03_17_26/gil/embedded_python.hpp"
#include "examples_2025_03_03_17_26/gil/one_and_two_threads.hpp"

namespace py = pybind11;

constexpr auto code = R"(
import sys
sys.setswitchinterval(0.02)  # four times the usual, for the timeline

def collatz_steps(last):
    steps = 0
    for number in range(2, last + 1):
        n = number
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            steps += 1
    return steps
)";

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const py::scoped_interpreter python = start_python();
  py::exec(code);
  const py::object collatz_steps = py::globals()["collatz_steps"];

  const py::gil_scoped_release released;  // main has held the lock since the start
  one_and_two_threads([&](const std::string&) {
    const py::gil_scoped_acquire acquired;
    return collatz_steps(20'000).cast<long long>();
  });
}
