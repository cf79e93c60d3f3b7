// What the interpreter's lock costs: two threads against one, for Python code, for C++
// code that keeps the lock or releases it, and for C++ threads without an interpreter;
// and what it takes to release the lock and to get it back.
//
//     gil_benchmark [--form trial|short|long]
#include <fmt/core.h>

#include <chrono>
#include <latch>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "examples_2025_03_03_17_26/gil/collatz.hpp"
#include "examples_2025_03_03_17_26/gil/embedded_python.hpp"
#include "examples_2025_03_03_17_26/gil/global_lock.hpp"
#include "measurements/comparison.hpp"
#include "measurements/measurement.hpp"

namespace py = pybind11;
using namespace std::chrono_literals;

namespace measurements {
namespace {

using Piece = std::function<long long()>;

/// How many times as fast two threads do two pieces as one thread does both.
double speed_up(const Piece& piece) {
  long long alone = 0, first = 0, second = 0;
  const double one = seconds_of([&] { alone = piece() + piece(); });
  const double two = seconds_of([&] {
    std::jthread a([&] { first = piece(); });
    std::jthread b([&] { second = piece(); });
  });
  if (first + second != alone) throw std::logic_error("the pieces' results differ");
  return one / two;
}

/// The pieces of the program own_lock, in many small steps.
long long collatz_under(GlobalLock& lock, int rounds, int last) {
  long long steps = 0;
  lock.take();
  for (int round = 0; round < rounds; ++round) {
    steps += collatz_steps(last);
    lock.offer();
  }
  lock.drop();
  return steps;
}

struct Peer {
  const char* name;  // in the figures
  const char* words;
  Piece piece;
};

void measure_speed_ups(const MeasurementOptions& options, Report& report) {
  const int cpp = by_form(options.form, 20'000, 300'000, 1'200'000);
  const int python = by_form(options.form, 500, 3'000, 8'000);
  const py::object python_code = py::globals()["collatz_steps"];
  const py::cpp_function kept(collatz_steps);
  const py::cpp_function released([](long long last) {
    const py::gil_scoped_release lock_released;
    return collatz_steps(last);
  });
  GlobalLock global_lock(5ms);
  const auto call = [](const py::object& function, int last) {
    return [&function, last] {
      const py::gil_scoped_acquire acquired;
      return function(last).cast<long long>();
    };
  };
  const std::vector<Peer> peers{
      {"cpp_threads", "C++", [&] { return collatz_steps(cpp); }},
      {"released_lock", "C++ that releases the lock", call(released, cpp)},
      {"kept_lock", "C++ that keeps the lock", call(kept, cpp)},
      {"own_lock", "C++ under a lock of our own",
       [&] { return collatz_under(global_lock, cpp / 1'000, 1'600); }},
      {"python_threads", "Python", call(python_code, python)},
  };

  Comparison speed_ups(options.form,
                       {.short_seconds = 4, .long_seconds = 60, .long_rounds = 11});
  for (const Peer& peer : peers)
    speed_ups.add(peer.name, [&] { return speed_up(peer.piece); });
  {
    const py::gil_scoped_release lock_released;
    speed_ups.run();
  }
  report.heading("two threads against one, of 2 at most");
  for (const Peer& peer : peers) {
    const Figure figure = speed_ups.figure(peer.name);
    report.add(fmt::format("{}_speed_up_ratio", peer.name), figure);
    report.add_row("speed_ups", {{"threads_of", peer.words}},
                   {{"speed_up_ratio", figure}});
  }
}

/// Seconds to release the lock and take it again, where nobody else wants it.
double release_and_take(int times) {
  const double seconds = seconds_of([&] {
    for (int n = 0; n < times; ++n) const py::gil_scoped_release lock_released;
  });
  return seconds / times;
}

/// Seconds that a thread waits for the lock after a call that blocked, while another
/// one runs Python code.
double wait_beside_python_code(int times) {
  py::dict shared;
  std::latch runs(1);
  shared["stop"] = false;
  shared["begin"] = py::cpp_function([&] { runs.count_down(); });
  std::vector<double> waits;

  std::jthread computing([&] {
    const py::gil_scoped_acquire acquired;
    py::exec("begin()\nwhile not stop: pass", shared);
  });
  PyThreadState* state = PyEval_SaveThread();  // what gil_scoped_release does
  runs.wait();
  for (int n = 0; n < times; ++n) {
    std::this_thread::sleep_for(1ms);  // the call that blocked
    waits.push_back(seconds_of([&] { PyEval_RestoreThread(state); }));
    if (n + 1 == times) shared["stop"] = true;
    state = PyEval_SaveThread();
  }
  computing.join();
  PyEval_RestoreThread(state);
  return median(std::move(waits));
}

void measure_waits(const MeasurementOptions& options, Report& report) {
  const int times = by_form(options.form, 1'000, 200'000, 1'000'000);
  std::mutex mutex;
  Comparison costs(options.form, {.short_seconds = 0.5, .long_rounds = 9});
  costs.add("release_and_take_seconds", [&] { return release_and_take(times); });
  costs.add("mutex_seconds", [&] {
    return seconds_of([&] {
             for (int n = 0; n < times; ++n) const std::lock_guard lock(mutex);
           }) /
           times;
  });
  costs.run();
  report.heading("a lock released and taken again, where nobody waits");
  for (const std::string& peer : costs.peers()) report.add(peer, costs.figure(peer));

  report.heading("a wait for the lock beside a thread that runs Python code");
  const py::module_ sys = py::module_::import("sys");
  const auto usual = sys.attr("getswitchinterval")().cast<double>();
  report.add_fact("switch_interval_seconds", usual);
  const std::vector<double> intervals{0.0005, 0.001, 0.002, usual, 0.01, 0.02};
  Comparison waits(options.form,
                   {.short_seconds = 2, .long_seconds = 10, .long_rounds = 5});
  const auto name_of = [](double interval) { return fmt::format("{} s", interval); };
  for (const double interval : intervals)
    waits.add(name_of(interval), [&, interval] {
      sys.attr("setswitchinterval")(interval);
      return wait_beside_python_code(by_form(options.form, 3, 9, 30));
    });
  waits.run();
  sys.attr("setswitchinterval")(usual);
  for (const double interval : intervals) {
    const Figure wait = waits.figure(name_of(interval));
    report.add_row("waits", {{"switch_interval_seconds", interval}},
                   {{"wait_seconds", wait}});
    if (interval == usual) report.add("wait_seconds", wait);
  }
}

void measure_gil(const MeasurementOptions& options, Report& report) {
  const py::scoped_interpreter python = start_python();
  py::eval_file(options.root + "/examples_2025_03_03_17_26/gil/collatz.py");
  const py::module_ sys = py::module_::import("sys");
  report.add_fact(
      "python",
      "CPython " +
          py::module_::import("platform").attr("python_version")().cast<std::string>());
  // A build without the lock can say so, from 3.13 on.
  const bool locks = !py::hasattr(sys, "_is_gil_enabled") ||
                     sys.attr("_is_gil_enabled")().cast<bool>();
  report.add_fact("lock", locks ? "with the lock" : "without the lock");
  measure_speed_ups(options, report);
  measure_waits(options, report);
}

}  // namespace
}  // namespace measurements

int main(int argc, char** argv) {
  return measurements::run_measurement(argc, argv, "gil",
                                       "What the interpreter's lock costs",
                                       measurements::measure_gil);
}
