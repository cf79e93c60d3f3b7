// The dictionary in a manager process: what it keeps, and what its users' and its own
// death do to the others.
#include "examples_2017_09_09_12_16/shared_dictionary.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <iterator>
#include <random>
#include <thread>
#include <vector>

#include "examples_2017_09_09_12_16/process.hpp"
#include "tests/as_without_catch.hpp"
#include "tests/catch.hpp"
#include "tests/killed_parent.hpp"
#include "tests/test_timeout.hpp"

using namespace std::chrono_literals;

namespace {

std::ptrdiff_t descriptors() {
  const std::filesystem::directory_iterator files("/proc/self/fd");
  return std::distance(begin(files), end(files));
}

}  // namespace

TEST_CASE_METHOD(AsWithoutCatch, "A shared dictionary keeps what was set last",
                 "[shared_dictionary]") {
  SharedDictionary<int, double> dictionary;
  CHECK(dictionary.items().empty());
  CHECK(dictionary.get(1) == std::nullopt);
  dictionary.set(2, 2.5);
  dictionary.set(-1, -0.5);
  dictionary.set(2, 3.5);
  CHECK(dictionary.get(2) == 3.5);
  CHECK(dictionary.get(1) == std::nullopt);
  CHECK(dictionary.items() == std::map<int, double>{{-1, -0.5}, {2, 3.5}});
}

TEST_CASE_METHOD(AsWithoutCatch, "What one process sets, all others get",
                 "[shared_dictionary]") {
  constexpr int processes = 4, each = 1'000;
  SharedDictionary<int, int> dictionary;
  dictionary.set(-1,
                 1);  // a connection of this process's, which is no use to the others
  {
    std::vector<Process> writers;
    for (int number = 0; number < processes; ++number)
      writers
          .emplace_back([&, number] {
            if (dictionary.get(-1) != 1) exit_process(2);
            for (int i = 0; i < each; ++i) {
              dictionary.set(number * each + i, number);
              if (dictionary.get(number * each + i) != number) exit_process(3);
            }
          })
          .start();
    for (Process& writer : writers) {
      writer.join();
      CHECK(writer.exit_code() == 0);
    }
  }
  std::map<int, int> expected{{-1, 1}};
  for (int i = 0; i < processes * each; ++i) expected[i] = i / each;
  CHECK(dictionary.items() == expected);
}

TEST_CASE_METHOD(AsWithoutCatch, "A dead manager is an error for all who ask it",
                 "[shared_dictionary]") {
  SharedDictionary<int, int> dictionary;
  const bool connected = GENERATE(true, false);
  if (connected) dictionary.set(1, 1);
  Process waits([&] {  // for an answer, when the manager dies
    if (dictionary.get(1) != std::nullopt && !connected) exit_process(2);
    ::kill(dictionary.manager_pid(), SIGSTOP);
    dictionary.get(1);
  });
  waits.start();
  ::siginfo_t how{};
  ::waitid(P_PID, static_cast<::id_t>(dictionary.manager_pid()), &how,
           WSTOPPED | WNOWAIT);
  REQUIRE(how.si_code == CLD_STOPPED);
  CHECK_FALSE(waits.join_for(50ms));
  ::kill(dictionary.manager_pid(), SIGKILL);
  CHECK(waits.join_for(test_timeout));
  CHECK(waits.exit_code() == 1);
  CHECK_THROWS_AS(dictionary.get(1), manager_ended);
  CHECK_THROWS_AS(dictionary.set(1, 1), manager_ended);
  CHECK_THROWS_AS(dictionary.items(), manager_ended);
  Process later([&] { dictionary.items(); });
  later.start();
  CHECK(later.join_for(test_timeout));
  CHECK(later.exit_code() == 1);
}

TEST_CASE_METHOD(AsWithoutCatch,
                 "A manager that is killed while it answers is an error",
                 "[shared_dictionary]") {
  using Value = std::array<int, 1 << 16>;
  std::mt19937 random(1);
  for (int round = 0; round < 20; ++round) {
    SharedDictionary<int, Value> dictionary;
    for (int key = 0; key < 8; ++key) dictionary.set(key, Value{});
    Process user([&] {
      for (;;) dictionary.items();
    });
    user.start();
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 5000));
    ::kill(dictionary.manager_pid(), SIGKILL);
    CHECK(user.join_for(test_timeout));
    user.kill();
    CHECK(user.exit_code() == 1);
  }
}

TEST_CASE_METHOD(AsWithoutCatch,
                 "A manager that does not answer is an error, and may answer later",
                 "[shared_dictionary]") {
  using Value = std::array<int, 1 << 17>;  // too large to be sent before it is read
  SharedDictionary<int, Value> dictionary({.timeout = 100ms});
  Value one, two;
  one.fill(1);
  two.fill(2);
  const bool connected = GENERATE(true, false);
  const auto set = [&](int key, const Value& value) {
    for (;;) {
      try {
        return dictionary.set(key, value);
      } catch (const manager_silent&) {  // on a busy machine
      }
    }
  };
  if (connected) {
    set(1, one);
    set(2, two);
  }
  ::kill(dictionary.manager_pid(), SIGSTOP);
  const auto begin = std::chrono::steady_clock::now();
  CHECK_THROWS_AS(dictionary.get(1), manager_silent);
  CHECK(std::chrono::steady_clock::now() - begin >= 100ms);
  CHECK_THROWS_AS(dictionary.set(3, one), manager_silent);
  CHECK_THROWS_AS(dictionary.items(), manager_silent);
  Process other([&] { dictionary.get(1); });
  other.start();
  CHECK(other.join_for(test_timeout));
  CHECK(other.exit_code() == 1);

  // The answers that were not waited for are not taken for those to what is asked next.
  ::kill(dictionary.manager_pid(), SIGCONT);
  // Returns what the value is filled with: a stack has no room for many such values.
  const auto ask = [&](int key) -> std::optional<int> {
    for (;;) {
      try {
        const auto value = dictionary.get(key);
        if (!value) return std::nullopt;
        CHECK(std::ranges::count(*value, value->front()) == std::ssize(*value));
        return value->front();
      } catch (const manager_silent&) {  // not yet, on a busy machine
      }
    }
  };
  CHECK(ask(2) == (connected ? std::optional(2) : std::nullopt));
  CHECK(ask(1) == (connected ? std::optional(1) : std::nullopt));
  CHECK(ask(3) == std::nullopt);              // of which only a part was sent
  ::kill(dictionary.manager_pid(), SIGSTOP);  // and its object ends it all the same
}

TEST_CASE_METHOD(AsWithoutCatch,
                 "A request that comes in several pieces is one request",
                 "[shared_dictionary]") {
  using Value = std::array<int, 1 << 18>;
  SharedDictionary<int, Value> dictionary;
  Value value;
  for (int i = 0; i < 20; ++i) {
    value.fill(i);
    dictionary.set(i, value);
  }
  const auto items = dictionary.items();
  REQUIRE(items.size() == 20);
  for (const auto& [key, all] : items)
    CHECK(std::ranges::count(all, key) == std::ssize(all));
}

TEST_CASE_METHOD(AsWithoutCatch, "Users that are killed do the others no harm",
                 "[shared_dictionary]") {
  using Value = std::array<int, 1 << 16>;  // too large to be sent in one piece
  SharedDictionary<int, Value> dictionary;
  std::mt19937 random(1);
  for (int round = 0; round < 30; ++round) {
    Process writer([&] {
      for (int i = 1;; ++i) {
        Value value;
        value.fill(i);
        dictionary.set(round, value);
      }
    });
    writer.start();
    while (!dictionary.get(round)) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 3000));
    writer.kill();
    writer.join();
    dictionary.get(-1);  // time for the manager to see its end
    if (const auto value = dictionary.get(round))  // whole
      CHECK(std::ranges::count(*value, value->front()) == std::ssize(*value));
  }
}

TEST_CASE_METHOD(AsWithoutCatch, "The manager ends with its object",
                 "[shared_dictionary]") {
  pid_t manager;
  {
    SharedDictionary<int, int> dictionary;
    dictionary.set(1, 1);
    manager = dictionary.manager_pid();
    CHECK(::kill(manager, 0) == 0);
    Process copy([&] { SharedDictionary<int, int>().set(2, 2); });
    copy.start();
    copy.join();
    CHECK(dictionary.get(1) == 1);
  }
  CHECK(::kill(manager, 0) != 0);
}

TEST_CASE_METHOD(AsWithoutCatch, "The manager ends with the process that started it",
                 "[shared_dictionary]") {
  SECTION("while nobody asks it") {
    CHECK(left_by_killed_parent(0us, [](const auto& begun) {
            SharedDictionary<int, int> dictionary;
            dictionary.set(1, 1);
            begun();
            for (;;) ::pause();
          }) == "");
  }
  SECTION("while it is asked by several") {
    using Value = std::array<int, 1 << 16>;
    for (int round = 0; round < 20; ++round)
      CHECK(left_by_killed_parent(round * 317us, [](const auto& begun) {
              SharedDictionary<int, Value> dictionary;
              std::vector<Process> users;
              for (int n = 0; n < 3; ++n)
                users
                    .emplace_back([&, n] {
                      for (;; dictionary.get(n)) dictionary.set(n, Value{});
                    })
                    .start();
              dictionary.set(3, Value{});
              begun();
              for (;;) dictionary.items();
            }) == "");
  }
}

TEST_CASE_METHOD(AsWithoutCatch, "Ctrl-C does not end the manager before its users",
                 "[shared_dictionary]") {
  SharedDictionary<int, int> dictionary;
  dictionary.set(1, 1);
  ::kill(dictionary.manager_pid(), SIGINT);
  CHECK(dictionary.get(1) == 1);
}

TEST_CASE_METHOD(AsWithoutCatch, "A process that has threads starts no manager",
                 "[shared_dictionary]") {
  const auto before = descriptors();
  {
    std::jthread thread([](const std::stop_token& stop) {
      while (!stop.stop_requested()) std::this_thread::yield();
    });
    CHECK_THROWS_AS((SharedDictionary<int, int>()), std::logic_error);
  }
  CHECK(descriptors() == before);
  CHECK(::waitpid(-1, nullptr, WNOHANG) < 0);
  SharedDictionary<int, int>().set(1, 1);
}

TEST_CASE_METHOD(AsWithoutCatch, "A shared dictionary leaves no descriptor behind",
                 "[shared_dictionary]") {
  const auto before = descriptors();
  for (int i = 0; i < 20; ++i) SharedDictionary<int, int>().set(i, i);
  CHECK(descriptors() == before);
}
