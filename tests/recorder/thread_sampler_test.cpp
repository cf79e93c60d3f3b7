// Which thread is which, where a run would show it only now and then.
#include "recorder/thread_sampler.hpp"

#include <unistd.h>

#include <algorithm>
#include <future>
#include <thread>

#include "tests/catch.hpp"

TEST_CASE("A thread that ends after its process said so is still one",
          "[thread_sampler]") {
  // One thread ends the process while another one is about to end itself: the recorder
  // hears of the process first, and then of the thread.
  std::promise<pid_t> tid;
  std::promise<void> may_end;
  std::jthread worker([&] {
    tid.set_value(gettid());
    may_end.get_future().wait();
  });
  const pid_t its_tid = tid.get_future().get();

  std::vector<recorder::Thread> threads;
  recorder::ThreadSampler sampler(threads, getpid(), true);
  sampler.look(1);
  sampler.process_ends(getpid(), 2);
  sampler.ends(its_tid, 3);
  SECTION("while it is still there") {
    may_end.set_value();
  }
  SECTION("and was killed with its process before that could be looked into") {
    may_end.set_value();
    worker.join();
    sampler.ends(its_tid, 3);
  }
  sampler.look(4);
  sampler.finish(5, 5);

  const auto is_worker = [&](const recorder::Thread& of) { return of.tid == its_tid; };
  REQUIRE(std::count_if(threads.begin(), threads.end(), is_worker) == 1);
  CHECK(std::find_if(threads.begin(), threads.end(), is_worker)->end == 3);
}
