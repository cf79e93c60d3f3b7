// The names of threads, as the kernel has them.
#include "examples_2025_03_03_15_36/thread_names.hpp"

#include <atomic>
#include <boost/asio/use_future.hpp>
#include <filesystem>
#include <fstream>
#include <future>
#include <latch>
#include <map>
#include <set>
#include <thread>

#include "tests/catch.hpp"

namespace asio = boost::asio;

namespace {

/// This process's threads, each with its name.
std::map<std::string, std::string> threads() {
  std::map<std::string, std::string> names;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task"))
    std::getline(std::ifstream(task.path() / "comm"), names[task.path()]);
  return names;
}

}  // namespace

TEST_CASE("The workers of a pool of N are worker 1 to worker N, each once",
          "[thread_names]") {
  const int size = GENERATE(1, 2, 10, 33);
  std::multiset<std::string> expected;
  for (int number = 1; number <= size; ++number)
    expected.insert("worker " + std::to_string(number));

  // ThreadSanitizer starts one of its own with a program's first thread; and one of an
  // earlier pool that was joined may still be listed for a moment.
  std::jthread([] {}).join();
  const auto before = threads();
  asio::thread_pool pool(static_cast<std::size_t>(size));
  name_workers(pool);
  // What is posted after it begins once all have their names.
  const auto after = asio::post(pool, asio::use_future(threads)).get();
  std::multiset<std::string> names;
  for (const auto& [thread, name] : after)
    if (!before.contains(thread)) names.insert(name);
  CHECK(names == expected);
}

TEST_CASE("A pool that is named does all the work it is given", "[thread_names]") {
  std::atomic<int> done = 0;
  asio::thread_pool pool(4);
  name_workers(pool);
  for (int i = 0; i < 1000; ++i) asio::post(pool, [&done] { ++done; });
  pool.join();
  CHECK(done == 1000);
}

TEST_CASE("A thread has the first 15 characters of its name", "[thread_names]") {
  const auto [given, kept] = GENERATE(table<std::string, std::string>({
      {"", ""},
      {"short", "short"},
      {"exactly 15 long", "exactly 15 long"},
      {"one more than 15", "one more than 1"},
      {std::string(1000, 'x'), std::string(15, 'x')},
  }));
  std::latch named(1), seen(1);
  std::string tid;
  std::jthread thread([&] {
    tid = std::filesystem::read_symlink("/proc/thread-self").filename();
    named.count_down();
    seen.wait();
  });
  named.wait();
  name_thread(thread, given);
  std::string name;
  std::getline(std::ifstream("/proc/self/task/" + tid + "/comm"), name);
  seen.count_down();
  CHECK(name == kept);
}

TEST_CASE("A thread names itself, and a thread that has ended may still be named",
          "[thread_names]") {
  std::string name;
  std::jthread thread([&] {
    name_this_thread("a name that is too long");
    std::getline(std::ifstream("/proc/thread-self/comm"), name);
  });
  // Its end can't be waited for without joining it; either way naming it is safe.
  name_thread(thread, "late");
  thread.join();
  CHECK((name == "a name that is " || name == "late"));
}
