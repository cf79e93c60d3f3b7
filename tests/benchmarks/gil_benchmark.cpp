// What the interpreter's lock costs: two threads against one, for Python code, for C++
// code that keeps the lock or releases it, and for C++ threads without an interpreter;
// and what it takes to release the lock and to get it back.
//
//     gil_benchmark [--quick]
#include <fmt/core.h>

#include <chrono>
#include <latch>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "examples_2025_03_03_17_26/gil/collatz.hpp"
#include "examples_2025_03_03_17_26/gil/embedded_python.hpp"
#include "examples_2025_03_03_17_26/gil/global_lock.hpp"
#include "tests/benchmarks/measure.hpp"

namespace py = pybind11;
using namespace std::chrono_literals;

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
  double goal;  // 0: none
  Piece piece;
};

void measure_speed_ups(const MeasureOptions& options, nlohmann::json& figures) {
  const int cpp = options.quick ? 20'000 : 1'200'000;
  const int python = options.quick ? 500 : 8'000;
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
      {"cpp_threads", "C++", 1.95, [&] { return collatz_steps(cpp); }},
      {"released_lock", "C++ that releases the lock", 1.95, call(released, cpp)},
      {"kept_lock", "C++ that keeps the lock", 0, call(kept, cpp)},
      {"own_lock", "C++ under a lock of our own", 0,
       [&] { return collatz_under(global_lock, cpp / 1'000, 1'600); }},
      {"python_threads", "Python", 0, call(python_code, python)},
  };

  std::vector<std::function<double()>> measured;
  for (const Peer& peer : peers)
    measured.emplace_back([&] { return speed_up(peer.piece); });
  std::vector<double> ratios;
  {
    const py::gil_scoped_release lock_released;
    ratios = medians_in_turn(options.quick ? 1 : 11, measured);
  }
  fmt::print("two threads against one, of 2 at most\n");
  for (std::size_t i = 0; i < peers.size(); ++i) {
    fmt::print("  {:<28} {:.2f} x", peers[i].words, ratios[i]);
    if (peers[i].goal > 0) fmt::print("  goal: {:.2f} x", peers[i].goal);
    fmt::print("\n");
    figures[fmt::format("{}_speed_up_ratio", peers[i].name)] = ratios[i];
    figures["speed_ups"].push_back(
        {{"threads_of", peers[i].words}, {"speed_up_ratio", ratios[i]}});
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

  PyThreadState* state = PyEval_SaveThread();  // what gil_scoped_release does
  std::jthread computing([&] {
    const py::gil_scoped_acquire acquired;
    py::exec("begin()\nwhile not stop: pass", shared);
  });
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

void measure_waits(const MeasureOptions& options, nlohmann::json& figures) {
  const int times = options.quick ? 1'000 : 1'000'000;
  std::mutex mutex;
  const auto costs = medians_in_turn(options.quick ? 1 : 9,
                                     {[&] { return release_and_take(times); },
                                      [&] {
                                        return seconds_of([&] {
                                                 for (int n = 0; n < times; ++n)
                                                   const std::lock_guard lock(mutex);
                                               }) /
                                               times;
                                      }});
  figures["release_and_take_seconds"] = costs[0];
  figures["mutex_seconds"] = costs[1];
  fmt::print(
      "lock released and taken again, nobody waits\n  {:.0f} ns  "
      "(a std::mutex: {:.0f} ns)\n",
      costs[0] * 1e9, costs[1] * 1e9);

  const py::module_ sys = py::module_::import("sys");
  const double usual = sys.attr("getswitchinterval")().cast<double>();
  figures["switch_interval_seconds"] = usual;
  fmt::print("wait for the lock beside a thread that runs Python code\n");
  for (const double interval : {0.0005, 0.001, 0.002, usual, 0.01, 0.02}) {
    sys.attr("setswitchinterval")(interval);
    const double wait = wait_beside_python_code(options.quick ? 3 : 30);
    figures["waits"].push_back(
        {{"switch_interval_seconds", interval}, {"wait_seconds", wait}});
    if (interval == usual) figures["wait_seconds"] = wait;
    fmt::print("  switch interval {:4.1f} ms: {:6.2f} ms\n", interval * 1e3,
               wait * 1e3);
  }
  sys.attr("setswitchinterval")(usual);
}

void measure_gil(const MeasureOptions& options, nlohmann::json& figures) {
  const py::scoped_interpreter python = start_python();
  py::eval_file(options.root + "/examples_2025_03_03_17_26/gil/collatz.py");
  const py::module_ sys = py::module_::import("sys");
  figures["python"] =
      "CPython " +
      py::module_::import("platform").attr("python_version")().cast<std::string>();
  // A build without the lock can say so, from 3.13 on.
  const bool locks = !py::hasattr(sys, "_is_gil_enabled") ||
                     sys.attr("_is_gil_enabled")().cast<bool>();
  figures["lock"] = locks ? "with the lock" : "without the lock";
  fmt::print("{}, {}\n", figures["python"].get<std::string>(),
             figures["lock"].get<std::string>());

  measure_speed_ups(options, figures);
  measure_waits(options, figures);
}

}  // namespace

int main(int argc, char** argv) {
  return measure(argc, argv, "What the interpreter's lock costs", measure_gil);
}
