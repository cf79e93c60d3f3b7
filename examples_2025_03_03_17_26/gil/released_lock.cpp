/*
Two threads that release the lock

Python code calls a function that is written in C++. As long as that function keeps the
interpreter's lock, threads gain nothing. Where it works on no Python object it may
release the lock, and another thread runs meanwhile. :claim:`threads gain from a second
core where they release the lock, and not where they keep it:
gil released_lock_speed_up_ratio > 1.25 * kept_lock_speed_up_ratio,
given machine cores >= 2`

    $ examples_2025_03_03_17_26/gil/released_lock
    The lock is kept:
    one thread, both pieces: ~0.00<60.00 second(s)
    two threads, one each:   ~0.00<60.00 second(s)
    speed-up: ~0.00<100.00
    The lock is released:
    one thread, both pieces: ~0.00<60.00 second(s)
    two threads, one each:   ~0.00<60.00 second(s)
    speed-up: ~0.00<100.00
*/
#include <fmt/core.h>

#include <cstdio>

#include "examples_2025_03_03_17_26/gil/collatz.hpp"
#include "examples_2025_03_03_17_26/gil/embedded_python.hpp"
#include "examples_2025_03_03_17_26/gil/one_and_two_threads.hpp"

namespace py = pybind11;

long long release_and_count(long long last) {
  const py::gil_scoped_release released;  // until the function returns
  return collatz_steps(last);
}

PYBIND11_EMBEDDED_MODULE(collatz, module) {
  module.def("keep", collatz_steps);
  module.def("release", release_and_count);
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const py::scoped_interpreter python = start_python();
  const py::module_ collatz = py::module_::import("collatz");

  const auto compare = [](const py::object& function) {
    const py::gil_scoped_release released;  // main holds the lock, too
    one_and_two_threads([&](const std::string&) {
      const py::gil_scoped_acquire acquired;
      return function(600'000).cast<long long>();
    });
  };
  fmt::print("The lock is kept:\n");
  compare(collatz.attr("keep"));
  fmt::print("The lock is released:\n");
  compare(collatz.attr("release"));
}
