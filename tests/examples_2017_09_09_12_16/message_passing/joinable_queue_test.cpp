// The queue between processes: its order, its bounds, and what a SIGKILL may do to it.
#include "examples_2017_09_09_12_16/message_passing/joinable_queue.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/interprocess/anonymous_shared_memory.hpp>
#include <boost/interprocess/mapped_region.hpp>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <thread>

#include "examples_2017_09_09_12_16/process.hpp"
#include "tests/as_without_catch.hpp"
#include "tests/catch.hpp"
#include "tests/killed_parent.hpp"
#include "tests/test_timeout.hpp"

using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

/// Whether a process waits in the kernel.
bool sleeps(::pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(file, text);
  return text.find(") S ") != std::string::npos;
}

/// Takes items and does them until the queue is closed.
template <class T, class Function>
void consume(JoinableQueue<T>& queue, Function function) {
  try {
    for (;;) {
      function(queue.get());
      queue.task_done();
    }
  } catch (const queue_closed&) {
  }
}

/// On one core, one process wakes the other many times faster than on another core.
class OneCore {
 public:
  OneCore() {
    ::sched_getaffinity(0, sizeof before_, &before_);
    ::cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<unsigned>(::sched_getcpu()), &one);
    ::sched_setaffinity(0, sizeof one, &one);
  }
  ~OneCore() { ::sched_setaffinity(0, sizeof before_, &before_); }

 private:
  ::cpu_set_t before_;
};

/// Whether a process that is forked waits, before it enters the queues, for longer than
/// anybody waits for nobody: as on a machine that has no core for it.
bool begins_late = false;
/// Before the first queue is made, so that it comes first in a child.
[[maybe_unused]] const int late_registered = ::pthread_atfork(nullptr, nullptr, [] {
  if (begins_late) std::this_thread::sleep_for(2500ms);
});

struct Answer {
  int question, square, consumer;
};

struct Big {
  std::uint64_t number;
  std::array<std::uint64_t, 1000> copies;
};

struct NoDefault {
  explicit NoDefault(int v) : value(v) {}
  int value;
};

}  // namespace

TEST_CASE_METHOD(AsWithoutCatch, "What is put first is taken first",
                 "[joinable_queue]") {
  JoinableQueue<int> queue(3);
  for (int round = 0; round < 10; ++round) {  // around the end of the memory, too
    queue.put(round);
    queue.put(round + 100);
    CHECK(queue.size() == 2);
    CHECK(queue.get() == round);
    queue.task_done();
    CHECK(queue.get() == round + 100);
    queue.task_done();
    CHECK(queue.size() == 0);
  }
  queue.join();
}

TEST_CASE_METHOD(AsWithoutCatch,
                 "Items of any trivially copyable type come as they were put",
                 "[joinable_queue]") {
  JoinableQueue<Big> big(2);
  JoinableQueue<NoDefault> no_default(1);
  JoinableQueue<std::optional<int>> with_pills(1);
  Process process([&] {
    Big item{42, {}};
    item.copies.fill(42);
    big.put(item);
    no_default.put(NoDefault(7));
    with_pills.put(std::nullopt);
  });
  process.start();
  const Big item = big.get();
  CHECK(item.number == 42);
  CHECK(std::ranges::count(item.copies, 42u) == 1000);
  CHECK(no_default.get().value == 7);
  CHECK(with_pills.get() == std::nullopt);
}

TEST_CASE_METHOD(AsWithoutCatch, "A queue that nothing can be put into is refused",
                 "[joinable_queue]") {
  CHECK_THROWS_AS(JoinableQueue<int>(0), std::invalid_argument);
  CHECK_THROWS_AS(JoinableQueue<int>(std::size_t{1} << 40), std::invalid_argument);
}

TEST_CASE_METHOD(AsWithoutCatch, "A full queue blocks until an item is done",
                 "[joinable_queue]") {
  JoinableQueue<int> queue(2);
  queue.put(1);
  queue.put(2);
  CHECK_FALSE(queue.put_for(3, 20ms));
  Process consumer([&] {
    queue.get();
    std::this_thread::sleep_for(200ms);
    queue.task_done();
    consume(queue, [](int) {});
  });
  const auto begin = Clock::now();
  consumer.start();
  queue.put(3);
  CHECK(Clock::now() - begin >= 200ms);
  queue.join();
  queue.close();
  consumer.join();
  CHECK(consumer.exit_code() == 0);
}

TEST_CASE_METHOD(AsWithoutCatch, "An empty queue blocks until an item is put in",
                 "[joinable_queue]") {
  JoinableQueue<int> queue(2);
  CHECK(queue.get_for(20ms) == std::nullopt);
  Process producer([&] {
    std::this_thread::sleep_for(200ms);
    queue.put(5);
  });
  const auto begin = Clock::now();
  producer.start();
  CHECK(queue.get() == 5);
  CHECK(Clock::now() - begin >= 200ms);
}

TEST_CASE_METHOD(AsWithoutCatch, "join waits until all items are done, not only taken",
                 "[joinable_queue]") {
  JoinableQueue<int> queue(2);
  queue.join();  // nothing was put in
  queue.put(1);
  CHECK_FALSE(queue.join_for(20ms));
  CHECK(queue.get() == 1);
  CHECK_FALSE(queue.join_for(20ms));
  queue.task_done();
  queue.join();
}

TEST_CASE_METHOD(AsWithoutCatch, "task_done too often is an error",
                 "[joinable_queue]") {
  JoinableQueue<int> queue(2);
  CHECK_THROWS_AS(queue.task_done(), std::logic_error);
  queue.put(1);
  CHECK_THROWS_AS(queue.task_done(), std::logic_error);
  queue.get();
  Process other([&] { queue.task_done(); });  // it took none
  other.start();
  other.join();
  CHECK(other.exit_code() == 1);
  CHECK_FALSE(queue.join_for(0s));
  queue.task_done();
  CHECK_THROWS_AS(queue.task_done(), std::logic_error);
}

TEST_CASE_METHOD(AsWithoutCatch,
                 "A closed queue gives out what is in it, and takes no more",
                 "[joinable_queue]") {
  JoinableQueue<int> queue(2);
  queue.put(1);
  queue.close();
  CHECK_THROWS_AS(queue.put(2), queue_closed);
  CHECK(queue.get() == 1);
  CHECK_THROWS_AS(queue.get(), queue_closed);  // with an item in hand: no wait
  queue.task_done();
  CHECK_THROWS_AS(queue.get(), queue_closed);
  queue.join();
}

TEST_CASE_METHOD(AsWithoutCatch, "close wakes those who wait", "[joinable_queue]") {
  JoinableQueue<int> empty(1), full(1);
  full.put(1);
  const auto closed = [](auto call) {
    return [call] {
      try {
        call();
      } catch (const queue_closed&) {
        exit_process(3);
      }
    };
  };
  Process getter(closed([&] { empty.get(); })), putter(closed([&] { full.put(2); }));
  getter.start();
  putter.start();
  // Each is at its call, in all likelihood: they sleep nowhere else for long.
  REQUIRE(soon([&] { return sleeps(getter.pid()) && sleeps(putter.pid()); }));
  empty.close();
  full.close();
  CHECK(getter.join_for(test_timeout));
  CHECK(putter.join_for(test_timeout));
  CHECK(getter.exit_code() == 3);
  CHECK(putter.exit_code() == 3);
}

TEST_CASE_METHOD(AsWithoutCatch,
                 "100,000 items through several consumers, each answered once",
                 "[joinable_queue]") {
  constexpr int count = 100'000, consumers = 4;
  JoinableQueue<int> tasks(64);
  JoinableQueue<Answer> answers(64);
  std::vector<Process> processes;
  for (int consumer = 0; consumer < consumers; ++consumer)
    processes.emplace_back([&, consumer] {
      consume(tasks, [&](int i) { answers.put({i, i % 1000 * (i % 1000), consumer}); });
    });
  Process producer([&] {
    for (int i = 0; i < count; ++i) tasks.put(i);
    tasks.join();
    tasks.close();
  });
  for (Process& process : processes) process.start();
  producer.start();

  std::vector<int> seen(count);
  bool right = true;
  for (int n = 0; n < count; ++n) {
    const Answer answer = answers.get();
    answers.task_done();
    ++seen.at(static_cast<std::size_t>(answer.question));
    right = right && answer.square == answer.question % 1000 * (answer.question % 1000);
  }
  CHECK(right);
  CHECK(std::ranges::count(seen, 1) == count);
  for (Process& process : processes) {
    process.join();
    CHECK(process.exit_code() == 0);
  }
  answers.join();
}

TEST_CASE_METHOD(AsWithoutCatch, "Threads of one process may use a queue, too",
                 "[joinable_queue]") {
  constexpr int count = 10'000;
  JoinableQueue<int> queue(8);
  std::atomic<int> sum = 0;
  {
    std::vector<std::jthread> threads;
    for (int n = 0; n < 3; ++n)
      threads.emplace_back([&] { consume(queue, [&](int i) { sum += i; }); });
    for (int i = 0; i < count; ++i) queue.put(i);
    queue.join();
    queue.close();
  }
  CHECK(sum == count * (count - 1) / 2);
}

TEST_CASE_METHOD(AsWithoutCatch, "Who waits is woken, not only found at the next look",
                 "[joinable_queue]") {
  // A look comes every tenth of a second; one round must need none. On a busy machine
  // it takes some rounds until one of them finds a core soon enough.
  const bool for_items = GENERATE(true, false);
  CAPTURE(for_items);
  // Two items, or slots, are there before the first one who waits for them can run.
  const OneCore one_core;
  Clock::duration best = 1h;
  for (int round = 0; round < 200 && best >= 50ms; ++round) {
    JoinableQueue<int> queue(2), said(4);
    if (!for_items) {
      for (int n = 0; n < 2; ++n) queue.put(n);
      for (int n = 0; n < 2; ++n) queue.get();
    }
    std::vector<Process> processes;
    for (int n = 0; n < 2; ++n)
      processes
          .emplace_back([&] {
            const ::sched_param none{};
            ::sched_setscheduler(0, SCHED_BATCH,
                                 &none);  // does not interrupt who wakes it
            said.put(0);
            if (for_items)
              queue.get();
            else
              queue.put(3);
            said.put(1);
          })
          .start();
    for (int n = 0; n < 2; ++n) said.get();
    REQUIRE(soon([&] {
      return std::ranges::all_of(processes,
                                 [](const Process& one) { return sleeps(one.pid()); });
    }));
    const auto begin = Clock::now();
    for (int n = 0; n < 2; ++n) {
      if (for_items)
        queue.put(n);
      else
        queue.task_done();
    }
    for (int n = 0; n < 2; ++n) said.get();
    best = std::min(best, Clock::now() - begin);
  }
  CHECK(best < 50ms);
}

// ---- Killed -------------------------------------------------------------------------

TEST_CASE_METHOD(
    AsWithoutCatch,
    "The item of a consumer that is killed goes to another, before all others",
    "[joinable_queue]") {
  JoinableQueue<int> queue(4);
  Process killed([&] {
    queue.get();
    queue.get();
    for (;;) ::pause();
  });
  for (int i = 1; i <= 4; ++i) queue.put(i);
  killed.start();
  REQUIRE(soon([&] { return queue.size() == 2; }));
  killed.kill();
  killed.join();
  CHECK_FALSE(queue.join_for(150ms));  // which looks for what the dead have left
  for (int i = 1; i <= 4; ++i) {
    CHECK(queue.get() == i);
    queue.task_done();
  }
  queue.join();
}

TEST_CASE_METHOD(AsWithoutCatch, "A thread's item is done by its own task_done",
                 "[joinable_queue]") {
  JoinableQueue<int> queue(2);
  Process killed([&] {
    queue.get();
    std::thread([&] {
      queue.get();
      queue.task_done();
      ::raise(SIGKILL);
    }).join();
  });
  queue.put(1);
  queue.put(2);
  killed.start();
  killed.join();
  CHECK_FALSE(queue.join_for(150ms));
  CHECK(queue.get() == 1);
  queue.task_done();
  queue.join();
}

TEST_CASE_METHOD(AsWithoutCatch,
                 "A consumer that waits gets the item of one that is killed",
                 "[joinable_queue]") {
  JoinableQueue<int> queue(1);
  Process killed([&] {
    queue.get();
    for (;;) ::pause();
  });
  killed.start();
  queue.put(1);
  REQUIRE(soon([&] { return queue.size() == 0; }));
  Process waits([&] { consume(queue, [](int) {}); });
  waits.start();
  killed.kill();
  queue.join();
  queue.close();
  waits.join();
  CHECK(waits.exit_code() == 0);
}

TEST_CASE_METHOD(AsWithoutCatch,
                 "In a closed queue, items that others hold are waited for",
                 "[joinable_queue]") {
  JoinableQueue<int> queue(1);
  Process killed([&] {
    queue.get();
    for (;;) ::pause();
  });
  killed.start();
  queue.put(1);
  queue.close();
  REQUIRE(soon([&] { return queue.size() == 0; }));
  CHECK(queue.get_for(2500ms) == std::nullopt);  // longer than anybody waits for nobody
  killed.kill();
  CHECK(queue.get() == 1);
}

TEST_CASE_METHOD(AsWithoutCatch,
                 "An item that ends whoever takes it is lost after so many attempts",
                 "[joinable_queue]") {
  const unsigned attempts = GENERATE(1u, 3u);
  JoinableQueue<int> queue(2, {.attempts = attempts});
  queue.put(13);
  queue.put(1);
  unsigned deaths = 0;
  for (bool done = false; !done; done = queue.join_for(150ms)) {
    Process consumer([&] {
      consume(queue, [](int i) {
        if (i == 13) ::raise(SIGKILL);
      });
    });
    consumer.start();
    if (++deaths <= attempts) {
      consumer.join();
      CHECK(consumer.exit_code() == -SIGKILL);
      continue;
    }
    CHECK_THROWS_AS(queue.join(), items_lost);
    queue.close();
    break;
  }
  CHECK(deaths == attempts + 1);
  CHECK(queue.lost() == std::vector{13});
  CHECK(queue.lost().empty());
  queue.join();
}

TEST_CASE_METHOD(AsWithoutCatch, "A queue full of lost items says so",
                 "[joinable_queue]") {
  JoinableQueue<int> queue(1, {.attempts = 1});
  queue.put(1);
  Process killed([&] {
    queue.get();
    ::raise(SIGKILL);
  });
  killed.start();
  CHECK_THROWS_AS(queue.put(2), items_lost);
  CHECK(queue.lost() == std::vector{1});
  queue.put(2);
}

TEST_CASE_METHOD(AsWithoutCatch,
                 "A wait for processes of which none is left is an error",
                 "[joinable_queue]") {
  SECTION("join, after all consumers were killed") {
    JoinableQueue<int> queue(4);
    std::vector<Process> consumers;
    for (int n = 0; n < 3; ++n)
      consumers.emplace_back([&] { consume(queue, [](int) {}); }).start();
    for (Process& consumer : consumers) {
      consumer.kill();
      consumer.join();
    }
    queue.put(1);
    queue.put(2);
    CHECK_THROWS_WITH(queue.join(),
                      Catch::Matchers::ContainsSubstring("2 item(s) are left"));
  }
  SECTION("join, before there was a consumer") {
    JoinableQueue<int> queue(4);
    queue.put(1);
    CHECK_THROWS_AS(queue.join(), queue_abandoned);
  }
  SECTION("put, after the consumer was killed, though another producer waits, too") {
    JoinableQueue<int> queue(1);
    queue.put(1);
    Process consumer([&] {
      queue.get();
      ::raise(SIGKILL);
    });
    Process producer([&] { queue.put(2); });
    consumer.start();
    producer.start();
    CHECK_THROWS_AS(queue.put(3), queue_abandoned);
    producer.join();
    CHECK(producer.exit_code() == 1);
  }
  SECTION("get, after the producer was killed, though another consumer waits, too") {
    JoinableQueue<int> queue(1);
    Process producer([&] {
      queue.put(1);
      ::raise(SIGKILL);
    });
    Process consumer([&] { consume(queue, [](int) {}); });
    consumer.start();
    producer.start();
    producer.join();
    queue.join();
    CHECK_THROWS_AS(queue.get(), queue_abandoned);
    consumer.join();
    CHECK(consumer.exit_code() == 1);
  }
}

TEST_CASE_METHOD(AsWithoutCatch, "A wait goes on while somebody may still act",
                 "[joinable_queue]") {
  JoinableQueue<int> queue(4);
  Process late([&] {
    std::this_thread::sleep_for(2500ms);  // longer than anybody waits for nobody
    consume(queue, [](int) {});
  });
  late.start();
  queue.put(1);
  queue.join();
  queue.close();
}

TEST_CASE_METHOD(AsWithoutCatch, "A process counts, however late it begins to run",
                 "[joinable_queue]") {
  JoinableQueue<int> queue(4);
  queue.put(1);
  Process consumer([&] { consume(queue, [](int) {}); });
  begins_late = true;
  consumer.start();
  begins_late = false;
  CHECK_NOTHROW(queue.join());
  queue.close();
  consumer.join();
  CHECK(consumer.exit_code() == 0);
}

TEST_CASE_METHOD(
    AsWithoutCatch,
    "A process that is gone is not waited for, nor one that cannot say it came",
    "[joinable_queue]") {
  JoinableQueue<int> queue(4);
  queue.put(1);
  ::rlimit old{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &old) == 0);
  const bool without_descriptors = GENERATE(false, true);
  if (without_descriptors) {
    const ::rlimit none{0, old.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  }
  const ::pid_t pid = ::fork();
  if (pid == 0) ::_exit(0);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &old) == 0);
  CHECK(::waitpid(pid, nullptr, 0) == pid);
  CHECK_THROWS_AS(queue.join(), queue_abandoned);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
namespace {

/// Starts a process that calls @p action, and kills it @p steps instructions after it
/// has stopped itself.
template <class Action>
void killed_after(int steps, const Action& action) {
  const ::pid_t pid = ::fork();
  if (pid == 0) {
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    action();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  for (; steps > 0 && WIFSTOPPED(status); --steps) {
    ::ptrace(PTRACE_SINGLESTEP, pid, nullptr, nullptr);
    ::waitpid(pid, &status, 0);
  }
  if (!WIFSTOPPED(status)) return;
  ::kill(pid, SIGKILL);
  ::waitpid(pid, &status, 0);
}

}  // namespace

TEST_CASE_METHOD(AsWithoutCatch,
                 "A process may be killed after any instruction of any call",
                 "[joinable_queue][slow]") {
  const OneCore one_core;
  // The child puts an item into a queue that has two already, takes one and does it.
  const boost::interprocess::mapped_region memory(
      boost::interprocess::anonymous_shared_memory(sizeof(std::atomic<int>)));
  auto& calls_done = *new (memory.get_address()) std::atomic<int>;
  const int call = GENERATE(0, 1, 2);  // the one that it is killed in, or after
  // One instruction later each time; where something keeps the core so busy that this
  // takes minutes, a few later.
  const auto began = std::chrono::steady_clock::now();
  int steps = 0;
  do {
    calls_done = 0;
    JoinableQueue<int> queue(3);
    for (int i = 0; i < 3; ++i) queue.put(0);
    for (int i = 0; i < 3; ++i) {  // every slot names somebody who lives
      queue.get();
      queue.task_done();
    }
    queue.put(1);
    queue.put(2);
    killed_after(steps, [&] {
      if (call == 0) ::raise(SIGSTOP);
      queue.put(3);
      if (++calls_done == call) ::raise(SIGSTOP);
      queue.get();
      if (++calls_done == call) ::raise(SIGSTOP);
      queue.task_done();
      ++calls_done;
    });
    steps += std::chrono::steady_clock::now() - began < 2min ? 1 : 13;
    const int calls = calls_done;

    CHECK(queue.lost().empty());  // looks for what the dead have left
    std::vector<int> left;
    while (!queue.join_for(0s)) {
      left.push_back(queue.get());
      queue.task_done();
    }
    CAPTURE(steps, calls, left);
    using Items = std::vector<int>;
    const bool put = left.back() == 3, done = left.front() == 2;
    if (calls >= 1) REQUIRE(put);    // what put() has put stays
    if (calls <= 1) REQUIRE(!done);  // what was not taken is not gone
    if (calls == 3) REQUIRE(done);   // what task_done() has done does not come back
    const Items all{1, 2, 3};
    REQUIRE(left == Items(all.begin() + done, all.end() - !put));  // and it is in order

    for (int i = 0; i < 3; ++i) REQUIRE(queue.put_for(i, 0s));  // no slot is lost
    REQUIRE_FALSE(queue.put_for(3, 0s));
  } while (calls_done == call);
  CHECK(steps > 50);
}
#endif

TEST_CASE_METHOD(AsWithoutCatch,
                 "Consumers that are killed at random moments lose nothing",
                 "[joinable_queue][slow]") {
  constexpr int count = 3'000, consumers = 3;
  JoinableQueue<int> tasks(16, {.attempts = 1'000'000});
  JoinableQueue<int> answers(16);
  const auto work = [&] { consume(tasks, [&](int i) { answers.put(i); }); };
  std::vector<Process> processes;
  for (int n = 0; n < consumers; ++n) processes.emplace_back(work).start();
  Process producer([&] {
    for (int i = 0; i < count; ++i) tasks.put(i);
    tasks.join();
    answers.put(-1);
  });
  producer.start();

  std::mt19937 random(1);
  std::vector<int> seen(count);
  int deaths = 0;
  for (auto answers_left = random() % 100;;) {
    // After so many answers, whatever the consumers are at by then.
    if (answers_left == 0) {
      Process& unlucky = processes[random() % consumers];
      unlucky.kill();
      unlucky = Process(work);
      unlucky.start();
      ++deaths;
      answers_left = 1 + random() % 100;
    }
    const int answer = answers.get();
    answers.task_done();
    if (answer < 0) break;
    --answers_left;
    ++seen.at(static_cast<std::size_t>(answer));
  }
  tasks.close();
  CHECK(deaths > 20);
  // An answer may come twice, if its consumer was killed before it said so; none is
  // lost.
  CHECK(std::ranges::count(seen, 0) == 0);
}

TEST_CASE_METHOD(AsWithoutCatch,
                 "When the parent is killed, its consumers end, and nothing is left",
                 "[joinable_queue]") {
  SECTION("while they wait, or hold an item") {
    CHECK(left_by_killed_parent(0us, [](const auto& begun) {
            JoinableQueue<int> queue(4);
            std::vector<Process> consumers;
            for (int n = 0; n < 4; ++n)
              consumers
                  .emplace_back([&, n] {
                    queue.get();
                    if (n % 2 == 0) queue.get();  // one half waits
                    for (;;) ::pause();
                  })
                  .start();
            for (int n = 0; n < 4; ++n) queue.put(n);
            while (queue.size() > 0) std::this_thread::sleep_for(1ms);
            begun();
            for (;;) ::pause();
          }) == "");
  }
  SECTION("while all are at work") {
    for (int round = 0; round < 20; ++round)
      CHECK(left_by_killed_parent(round * 317us, [](const auto& begun) {
              JoinableQueue<int> tasks(4), answers(4);
              std::vector<Process> processes;
              for (int n = 0; n < 3; ++n)
                processes
                    .emplace_back(
                        [&] { consume(tasks, [&](int i) { answers.put(i); }); })
                    .start();
              processes
                  .emplace_back([&] {
                    for (int i = 0;; ++i) tasks.put(i);
                  })
                  .start();
              answers.get();
              answers.task_done();
              begun();
              consume(answers, [](int) {});
            }) == "");
  }
}

TEST_CASE_METHOD(AsWithoutCatch, "A queue leaves no descriptor and no memory behind",
                 "[joinable_queue]") {
  const auto counts = [] {
    const std::filesystem::directory_iterator files("/proc/self/fd");
    std::ifstream maps("/proc/self/maps");
    return std::pair(std::distance(begin(files), end(files)),
                     std::count(std::istreambuf_iterator<char>(maps), {}, '\n'));
  };
  {
    JoinableQueue<int> queue(100);
  }
  const auto before = counts();
  for (int n = 0; n < 100; ++n) JoinableQueue<int>(100).put(n);
  CHECK(counts() == before);
}
