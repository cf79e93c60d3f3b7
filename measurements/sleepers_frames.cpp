// The steps to 5_4_own_coroutine, whose frames are smaller with each of them:
//
//     sleepers_frames plain      frames from the system's allocator; all that a sleeper
//                                needs is a parameter, and the awaiter is made of them
//     sleepers_frames no-header  the same, in FrameMemory
//     sleepers_frames no-copy    the same, with the awaiter as parameter
//
// Takes the options of 5_4_own_coroutine, the step after these, behind the step.
#include <chrono>
#include <coroutine>
#include <exception>
#include <stdexcept>
#include <string_view>

#include "examples_2026_11_22_10_00/frame_memory.hpp"
#include "examples_2026_11_22_10_00/sleeper_limits.hpp"
#include "examples_2026_11_22_10_00/sleeper_options.hpp"
#include "examples_2026_11_22_10_00/sleepers.hpp"
#include "examples_2026_11_22_10_00/timer_queue.hpp"

namespace {

using TimePoint = std::chrono::steady_clock::time_point;

template <bool has_frame_memory>
struct Task {
  struct promise_type {
    Task get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { throw; }

    static void* operator new(std::size_t size) {
      return has_frame_memory ? FrameMemory::allocate(size) : ::operator new(size);
    }
    static void operator delete(void* frame, std::size_t size) noexcept {
      if (has_frame_memory)
        FrameMemory::free(frame, size);
      else
        ::operator delete(frame);
    }
  };
  std::coroutine_handle<promise_type> handle;
};

class Sleep {
 public:
  Sleep(TimerQueue& queue, TimePoint time) : queue_(queue), time_(time) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> task) const { queue_.push(time_, task); }
  void await_resume() const noexcept {}

 private:
  TimerQueue& queue_;
  TimePoint time_;
};

template <bool has_frame_memory>
Task<has_frame_memory> copying(TimerQueue& queue, TimePoint time, std::size_t& woken) {
  co_await Sleep(queue, time);
  ++woken;
}

Task<true> not_copying(Sleep sleep, std::size_t& woken) {
  co_await sleep;
  ++woken;
}

template <class Start>
int run(Sleepers& sleepers, const Start& start) {
  TimerQueue queue;
  std::size_t created = 0, woken = 0;
  try {
    for (; created < sleepers.tasks(); ++created) {
      sleepers.check_machine(created);
      start(queue, std::chrono::steady_clock::now() + sleepers.length_of(created),
            woken)
          .handle.resume();
    }
  } catch (const std::exception& error) {
    sleepers.limit_met(error);
  }
  sleepers.created(created, queue.size());
  queue.run();
  return sleepers.woken(woken);
}

using Run = int (*)(Sleepers& sleepers);

Run run_of(std::string_view step) {
  if (step == "plain") return [](Sleepers& all) { return run(all, copying<false>); };
  if (step == "no-header") return [](Sleepers& all) { return run(all, copying<true>); };
  if (step == "no-copy")
    return [](Sleepers& all) {
      return run(all, [](TimerQueue& queue, TimePoint time, std::size_t& woken) {
        return not_copying({queue, time}, woken);
      });
    };
  throw std::invalid_argument("unknown step");
}

}  // namespace

int main(int argc, char** argv) {
  const Run run_step = run_of(argc > 1 ? argv[1] : "");
  const SleeperOptions options =
      sleeper_options(TaskKind::coroutines, argc - 1, argv + 1);
  set_limits(options);
  Sleepers sleepers(options);
  return run_step(sleepers);
}
