// The pool of processes: what it computes, and what becomes of it when someone dies.
#include "examples_2025_03_03_16_52/process_pool.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <latch>
#include <numeric>
#include <random>
#include <thread>

#include "examples_2017_09_09_12_16/process.hpp"
#include "tests/captured_output.hpp"
#include "tests/catch.hpp"
#include "tests/test_timeout.hpp"

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

#if defined(__SANITIZE_THREAD__)
extern "C" {
// The standard library counts the owners of an exception with atomics that are not
// instrumented, so the last owner's delete looks like a race with the others' reads.
const char* __tsan_default_suppressions();
const char* __tsan_default_suppressions() {
  return "race:std::__exception_ptr::exception_ptr::_M_release\n";
}
// A process that was started before the threads may start some of its own.
const char* __tsan_default_options();
const char* __tsan_default_options() {
  return "die_after_fork=0";
}
}
#endif

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool is_sanitized = true;
#else
constexpr bool is_sanitized = false;
#endif

/// Waits for a future, but not for ever.
template <class T>
T get(std::future<T> future) {
  REQUIRE(future.wait_for(test_timeout) == std::future_status::ready);
  return future.get();
}

/// The message of the exception of type E that a future holds.
template <class E, class T>
std::string failure(std::future<T> future) {
  try {
    get(std::move(future));
  } catch (const E& error) {
    return error.what();
  }
  FAIL("there was no exception");
  return {};
}

/// One variable that all processes share.
class SharedCounter {
 public:
  SharedCounter()
      : counter_(static_cast<std::atomic<int>*>(
            ::mmap(nullptr, sizeof(std::atomic<int>), PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {}
  ~SharedCounter() { ::munmap(counter_, sizeof(std::atomic<int>)); }
  std::atomic<int>& operator*() { return *counter_; }

 private:
  std::atomic<int>* counter_;
};

// What tasks can reach without capturing it: they are copies of this process.
std::atomic<int>* shared = nullptr;
ProcessPool* outer_pool = nullptr;
int reports = -1;

/// What tasks tell the test while they run: numbers of one kind, by a pipe.
class Reports {
 public:
  Reports() {
    REQUIRE(::pipe(ends_.data()) == 0);
    reports = ends_[1];
  }
  ~Reports() {
    for (const int end : ends_) ::close(end);
  }
  Reports(const Reports&) = delete;
  Reports& operator=(const Reports&) = delete;

  /// In a task.
  static void add(pid_t number) {
    if (::write(reports, &number, sizeof number) != sizeof number) ::_exit(99);
  }

  pid_t next() {
    pid_t number;
    ::pollfd readable{ends_[0], POLLIN, 0};
    REQUIRE(::poll(&readable, 1, milliseconds(test_timeout)) == 1);
    REQUIRE(::read(ends_[0], &number, sizeof number) == sizeof number);
    return number;
  }

 private:
  std::array<int, 2> ends_;
};

/// Whoever loses its parent becomes this process's child: then nobody can hide.
struct Subreaper {
  Subreaper() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }
  ~Subreaper() { ::prctl(PR_SET_CHILD_SUBREAPER, 0); }
  /// Whether all processes below this one are gone.
  bool all_gone() const {
    return ::waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD;
  }
  /// Whether they will be: those that are being killed need a core to end.
  bool all_end() const {
    return soon([&] { return all_gone(); });
  }
};

bool has_ended(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  if (!std::getline(file, text)) return true;
  return text.substr(text.rfind(')')).starts_with(") Z");
}

void wait_for_end(pid_t pid) {
  REQUIRE(soon([&] { return has_ended(pid); }));
}

std::string name_of(const std::string& process) {
  std::string name;
  std::getline(std::ifstream("/proc/" + process + "/comm"), name);
  return name;
}

/// Whether a process has memory open that it shares to send something large.
bool has_memory(pid_t process) {
  std::error_code gone;
  const std::filesystem::directory_iterator all(
      "/proc/" + std::to_string(process) + "/fd", gone);
  return std::any_of(begin(all), end(all), [&](const auto& entry) {
    const std::string target = std::filesystem::read_symlink(entry, gone);
    return target.starts_with("/memfd:process_pool");
  });
}

/// Whether it has such memory in its address space.
bool maps_memory(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/maps");
  const std::string all(std::istreambuf_iterator<char>(file), {});
  return all.find("/memfd:process_pool") != std::string::npos;
}

std::ptrdiff_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return std::distance(begin(all), end(all));
}

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t total, resident;
  file >> total >> resident;
  return resident * static_cast<std::size_t>(::getpagesize());
}

std::string random_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  std::mt19937_64 generator(size);
  for (std::size_t i = 0; i + 8 <= size; i += 8) {
    const auto value = generator();
    std::copy_n(reinterpret_cast<const char*>(&value), 8, &bytes[i]);
  }
  return bytes;
}

int square(int x) {
  return x * x;
}
pid_t pid() {
  return ::getpid();
}
pid_t parent_pid() {
  return ::getppid();
}
std::string same(const std::string& text) {
  return text;
}
std::string repeat(std::size_t size) {
  return std::string(size, 'x');
}
void end_by(int signal) {
  ::signal(signal, SIG_DFL);  // not Catch2's, which would report a test that has failed
  ::raise(signal);
}
/// Returns when so many calls have come to it, each in a worker of its own.
void meet(int calls) {
  ++*shared;
  soon([calls] { return *shared >= calls; });
}
int sleep_and_return(int milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
  return milliseconds;
}

std::vector<int> numbers(int count) {
  std::vector<int> all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

template <class T>
std::vector<T> all_of(TaskResults<T> results) {
  std::vector<T> all;
  for (T& result : results) all.push_back(std::move(result));
  return all;
}

}  // namespace

// ---- What it computes ---------------------------------------------------------------

TEST_CASE("A call is made in another process, and its result comes back",
          "[process_pool]") {
  ProcessPool pool(2);
  CHECK(get(pool.submit(square, 7)) == 49);
  CHECK(get(pool.submit(pid)) != ::getpid());
  CHECK(get(pool.submit(
            [](double x, std::string unit) { return unit + std::to_string(x); }, 1,
            "s")) == "s1.000000");
  CHECK_NOTHROW(get(pool.submit([] {})));
  using Table = std::map<std::string, std::vector<std::optional<double>>>;
  const Table table{{"a", {1.5, std::nullopt}}, {"b", {}}};
  CHECK(get(pool.submit([](const Table& t) { return t; }, table)) == table);
}

TEST_CASE(
    "100,000 calls, one by one and in chunks: every answer is right, in its place",
    "[process_pool]") {
  const int chunk_size = GENERATE(1, 100);
  ProcessPool pool(4);
  int expected = 0;
  bool right = true;
  for (const int result :
       pool.map([](int x) { return x ^ 0x5a5a; }, numbers(100'000), chunk_size))
    right = right && result == (expected++ ^ 0x5a5a);
  CHECK(right);
  CHECK(expected == 100'000);
}

TEST_CASE("10,000 calls one by one, from four threads at once", "[process_pool]") {
  ProcessPool pool(3);
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        std::vector<std::future<int>> futures;
        for (int i = 0; i < 2500; ++i)
          futures.push_back(pool.submit([](int x) { return -x; }, t * 10'000 + i));
        for (int i = 0; i < 2500; ++i)
          if (futures[static_cast<std::size_t>(i)].get() == -(t * 10'000 + i)) ++right;
      });
  }
  CHECK(right == 10'000);
}

TEST_CASE("map keeps the order of the inputs, whatever the calls take",
          "[process_pool]") {
  const int chunk_size = GENERATE(1, 3, 7, 50, 1000);
  ProcessPool pool(4);
  std::vector<int> inputs;
  for (int i = 0; i < 50; ++i) inputs.push_back((i * 37) % 11);
  CHECK(all_of(pool.map(sleep_and_return, inputs, chunk_size)) == inputs);
}

TEST_CASE("map_unordered gives each result once, the first to come first",
          "[process_pool]") {
  ProcessPool pool(4);
  const int chunk_size = GENERATE(1, 7);
  auto results = all_of(pool.map_unordered(square, numbers(1000), chunk_size));
  std::sort(results.begin(), results.end());
  std::vector<int> expected = numbers(1000);
  for (int& x : expected) x *= x;
  CHECK(results == expected);
}

TEST_CASE("map_unordered does not wait for a call that takes longer than the next ones",
          "[process_pool]") {
  SharedCounter may_end;
  shared = &*may_end;
  ProcessPool pool(2);
  const auto first_waits = [](int x) {
    if (x == 0) soon([] { return *shared != 0; });
    return x;
  };
  auto results = pool.map_unordered(first_waits, numbers(3));
  CHECK(results.next() == 1);
  CHECK(results.next() == 2);
  *may_end = 1;
  CHECK(results.next() == 0);
  CHECK(results.next() == std::nullopt);
}

TEST_CASE("A map of nothing has no results, one of a void function has empty ones",
          "[process_pool]") {
  ProcessPool pool(2);
  CHECK(all_of(pool.map(square, std::vector<int>{})).empty());
  CHECK(all_of(pool.map_unordered(square, std::vector<int>{}, 5)).empty());
  CHECK(all_of(pool.map([](int) {}, numbers(5))).size() == 5);
  CHECK_THROWS_AS(pool.map(square, numbers(5), 0), std::invalid_argument);
  CHECK_THROWS_AS(pool.map(square, numbers(5), -1), std::invalid_argument);
}

TEST_CASE("The results of a map outlive the pool", "[process_pool]") {
  std::optional<ProcessPool> pool(std::in_place, 2);
  auto results = pool->map(square, numbers(100), 9);
  pool.reset();
  CHECK(all_of(std::move(results)).size() == 100);
}

TEST_CASE("The processes have names", "[process_pool]") {
  SharedCounter met;
  shared = &*met;
  ProcessPool pool(3);
  std::set<std::string> names;
  const auto name = [](int) {
    meet(3);  // none of them does the work of another
    return name_of("self");
  };
  for (const auto& one : pool.map(name, numbers(3))) names.insert(one);
  CHECK(names == std::set<std::string>{"worker 1", "worker 2", "worker 3"});
  CHECK(name_of(std::to_string(get(pool.submit(parent_pid)))) == "fork server");
}

TEST_CASE("No signal is for the pool's thread", "[process_pool]") {
  const auto threads = [] {
    std::set<std::filesystem::path> all;
    for (const auto& one : std::filesystem::directory_iterator("/proc/self/task"))
      all.insert(one.path());
    return all;
  };
  const auto before = threads();  // one that was joined may still be listed
  ProcessPool pool(1);
  get(pool.submit(pid));
  int named_pool = 0;
  for (const auto& task : threads()) {
    if (before.contains(task)) continue;
    if (name_of("self/task/" + task.filename().string()) == "pool") ++named_pool;
    std::ifstream file(task / "status");
    std::string word;
    while (file >> word && word != "SigBlk:") {
    }
    std::uint64_t blocked;
    REQUIRE(file >> std::hex >> blocked);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGALRM, SIGUSR1})
      CHECK((blocked >> (signal - 1) & 1) == 1);
  }
  CHECK(named_pool == 1);
}

// ---- Sizes --------------------------------------------------------------------------

TEST_CASE("Bytes of any size arrive unchanged, both ways", "[process_pool]") {
  const auto max_packet_size = GENERATE(0u, 1000u, 65'536u, 100'000'000u);
  ProcessPool pool(2, {.max_packet_size = max_packet_size});
  for (const std::size_t size : {0u, 1u, 984u, 992u, 1000u, 1008u, 65'520u, 65'528u,
                                 65'536u, 65'544u, 200'000u, 250'000u, 3'000'000u}) {
    const std::string bytes = random_bytes(size);
    CHECK(get(pool.submit(same, bytes)) == bytes);
  }
}

TEST_CASE("100 MB arrive unchanged, both ways, and their memory is not kept",
          "[process_pool]") {
  ProcessPool pool(1);
  const pid_t worker = get(pool.submit(pid));
  const std::string bytes = random_bytes(100'000'000);
  CHECK(get(pool.submit(same, bytes)) == bytes);
  CHECK(get(pool.submit(pid)) ==
        worker);  // it has put away what it had for the last one
  CHECK_FALSE(maps_memory(::getpid()));
  CHECK_FALSE(maps_memory(worker));

  get(pool.submit(same, std::string(1'000'000, 'x')));
  CHECK(maps_memory(::getpid()));
  CHECK(maps_memory(worker));
}

// Sanitizers need descriptors, too: to look at an object, or to name a function.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("Too many open files are an error of the call, not of the pool",
          "[process_pool]") {
  ProcessPool pool(2);
  ::rlimit before;
  ::getrlimit(RLIMIT_NOFILE, &before);
  ::rlimit none = before;
  none.rlim_cur = 0;
  const std::string large(1'000'000, 'x');
  ::setrlimit(RLIMIT_NOFILE, &none);
  CHECK_THAT(failure<std::system_error>(pool.submit(same, large)),
             ContainsSubstring("Too many open files"));
  CHECK_THAT(failure<std::system_error>(pool.submit(repeat, 1'000'000u)),
             ContainsSubstring("Too many open files"));
  CHECK(get(pool.submit(square, 2)) == 4);
  ::setrlimit(RLIMIT_NOFILE, &before);
  CHECK(get(pool.submit(same, large)) == large);
}
#endif

// ---- Exceptions ---------------------------------------------------------------------

namespace {

struct Unlucky : std::exception {
  const char* what() const noexcept override { return "thirteen"; }
};

int not_13(int x) {
  if (x == 13) throw Unlucky();
  return x;
}

}  // namespace

TEST_CASE("An exception comes back with its type and its message", "[process_pool]") {
  ProcessPool pool(1);
  try {
    get(pool.submit([](std::string name) { throw std::out_of_range("no " + name); },
                    "x"));
    FAIL("there was no exception");
  } catch (const remote_error& error) {
    CHECK(error.type() == "std::out_of_range");
    CHECK(error.message() == "no x");
    CHECK(std::string(error.what()) == "std::out_of_range: no x");
  }
  CHECK_THAT(failure<remote_error>(pool.submit(not_13, 13)),
             ContainsSubstring("Unlucky: thirteen"));
  CHECK(failure<remote_error>(pool.submit([] { throw 42; })) == "int");
  const std::string text = failure<remote_error>(
      pool.submit([] { throw std::runtime_error(std::string(1'000'000, 'x')); }));
  CHECK(text.size() == std::string("std::runtime_error: ").size() + 1'000'000);
  // The worker that threw goes on.
  CHECK(get(pool.submit(not_13, 12)) == 12);
}

TEST_CASE("In a map each call has an exception of its own", "[process_pool]") {
  const int chunk_size = GENERATE(1, 4, 100);
  ProcessPool pool(2);
  auto results = pool.map(not_13, numbers(20), chunk_size);
  for (int i = 0; i < 20; ++i) {
    if (i == 13)
      CHECK_THROWS_WITH(results.next(), ContainsSubstring("Unlucky: thirteen"));
    else
      CHECK(results.next() == i);
  }
  CHECK(results.next() == std::nullopt);

  int seen = 0;
  CHECK_THROWS_AS(
      [&] {
        for ([[maybe_unused]] int x : pool.map(not_13, numbers(20), chunk_size)) ++seen;
      }(),
      remote_error);
  CHECK(seen == 13);
}

// ---- Who may make it, and use it ----------------------------------------------------

TEST_CASE("A pool has at least one worker", "[process_pool]") {
  CHECK_THROWS_AS(ProcessPool(0), std::invalid_argument);
  CHECK_THROWS_WITH(ProcessPool(-1), ContainsSubstring("at least 1 worker, not -1"));
}

TEST_CASE("A pool is refused where there are threads", "[process_pool]") {
  std::latch end(1);
  std::jthread thread([&] { end.wait(); });
  CHECK_THROWS_AS(ProcessPool(2), std::logic_error);
  CHECK_THROWS_WITH(ProcessPool(2), ContainsSubstring("threads"));
  end.count_down();
}

TEST_CASE("Pools that are made before their first calls work side by side",
          "[process_pool]") {
  const bool first_ends_first = GENERATE(true, false);
  const Subreaper subreaper;
  std::optional<ProcessPool> first(std::in_place, 2), second(std::in_place, 1);
  {
    const ProcessPool unused(1);
  }
  auto squares = first->map(square, numbers(100));
  CHECK(get(second->submit(parent_pid)) != get(first->submit(parent_pid)));
  // Processes of the second one have copies of the first one's connections.
  for (int i = 0; i < 3; ++i) {
    CHECK_THROWS_AS(get(first->submit(end_by, SIGKILL)), broken_worker);
    CHECK_THROWS_AS(get(second->submit(end_by, SIGKILL)), broken_worker);
  }
  CHECK(all_of(std::move(squares)).size() == 100);
  CHECK_THROWS_AS(ProcessPool(1), std::logic_error);
  CHECK_THROWS_WITH(ProcessPool(1), ContainsSubstring("a pool, too, has a thread"));

  std::optional<ProcessPool>& other = first_ends_first ? second : first;
  (first_ends_first ? first : second).reset();
  CHECK(all_of(other->map(square, numbers(100))).size() == 100);
  other.reset();
  CHECK(subreaper.all_gone());
  CHECK(get(ProcessPool(1).submit(square, 3)) == 9);
}

TEST_CASE("In a worker the pool is refused, and one of its own works",
          "[process_pool]") {
  ProcessPool pool(2);
  // A copy of this process from here on would know it; the workers' fork server does
  // not.
  CHECK(get(pool.submit([] {
          ProcessPool inner(2);
          int sum = 0;
          for (int x : inner.map(square, numbers(10))) sum += x;
          return sum;
        })) == 285);
}

namespace {

/// A pool whose workers can reach it: they are copies made after its address is known.
struct ReachablePool {
  alignas(ProcessPool) std::array<std::byte, sizeof(ProcessPool)> bytes{};
  ReachablePool() { outer_pool = reinterpret_cast<ProcessPool*>(bytes.data()); }
};

}  // namespace

TEST_CASE("Using the pool within one of its workers is refused", "[process_pool]") {
  // What the workers see of it is what it was when they were copied: unfinished.
  ReachablePool place;
  new (place.bytes.data()) ProcessPool(1);
  CHECK_THAT(
      failure<remote_error>(outer_pool->submit([] { outer_pool->submit(square, 2); })),
      ContainsSubstring(
          "std::logic_error: this pool belongs to the process that made it"));
  outer_pool->~ProcessPool();
}

TEST_CASE("The destructor waits for all that was submitted", "[process_pool]") {
  SharedCounter counter;
  shared = &*counter;
  const Subreaper subreaper;
  {
    ProcessPool pool(2);
    for (int i = 0; i < 20; ++i)
      pool.submit([] {
        std::this_thread::sleep_for(10ms);
        ++*shared;
      });
  }
  CHECK(*counter == 20);
  CHECK(subreaper.all_gone());
}

TEST_CASE("A hundred pools leave no process, no descriptor and no memory",
          "[process_pool]") {
  const Subreaper subreaper;
  const auto use = [] {
    ProcessPool pool(3);
    CHECK(get(pool.submit(repeat, 100'000u)).size() == 100'000);
    CHECK_THROWS_AS(get(pool.submit(end_by, SIGKILL)), broken_worker);
    CHECK(all_of(pool.map(square, numbers(10))).size() == 10);
  };
  for (int i = 0; i < 20; ++i) use();
  const auto descriptors = open_descriptors();
  const auto memory = resident_bytes();
  for (int i = 0; i < 100; ++i) use();
  CHECK(open_descriptors() == descriptors);
  if (!is_sanitized) CHECK(resident_bytes() < memory + 1'000'000);
  CHECK(subreaper.all_gone());
}

TEST_CASE(
    "A worker has no descriptors but those it was started with, and its connection",
    "[process_pool]") {
  const auto before = open_descriptors();
  ProcessPool pool(3);
  for (const auto count :
       all_of(pool.map([](int) { return open_descriptors(); }, numbers(9))))
    CHECK(count == before + 1);
  // Large payloads keep one for the answers, and one more from call to call.
  for (int i = 0; i < 100; ++i) get(pool.submit(same, std::string(100'000, 'x')));
  for (const auto count :
       all_of(pool.map([](int) { return open_descriptors(); }, numbers(9))))
    CHECK(count <= before + 2);
}

TEST_CASE("What a call prints is out before its result is there", "[process_pool]") {
  const std::string text = captured_output([] {
    std::printf("first,");  // not flushed: printed once, not by the workers again
    ProcessPool pool(1);
    get(pool.submit([] { std::printf("second,"); }));
    std::printf("third,");
    std::fflush(stdout);
    CHECK_THROWS_AS(get(pool.submit([] {
                      std::printf("fourth,");
                      throw 4;
                    })),
                    remote_error);
    std::printf("fifth");
    std::fflush(stdout);  // the worker is still there
  });
  CHECK(text == "first,second,third,fourth,fifth");
}

TEST_CASE("A call whose output cannot be written fails, and the next one does not",
          "[process_pool]") {
  const int buffering = GENERATE(_IOFBF, _IOLBF);
  const std::string text = captured_output([&] {
    ProcessPool pool(1);
    get(pool.submit([](int mode) { std::setvbuf(stdout, nullptr, mode, BUFSIZ); },
                    buffering));
    const int output = get(pool.submit([] { return ::dup(STDOUT_FILENO); }));
    CHECK_THROWS_WITH(get(pool.submit([] {
                        ::dup2(::open("/dev/full", O_WRONLY), STDOUT_FILENO);
                        std::puts("lost");
                      })),
                      ContainsSubstring("cannot write the output"));
    get(pool.submit(
        [](int file) {
          ::dup2(file, STDOUT_FILENO);
          std::puts("written");
        },
        output));
  });
  CHECK(text == "written\n");
}

// ---- Who dies -----------------------------------------------------------------------

TEST_CASE("A worker that dies fails its own call, which says how, and no other",
          "[process_pool]") {
  ProcessPool pool(3);
  std::vector<std::future<int>> others;
  for (int i = 0; i < 30; ++i) others.push_back(pool.submit(sleep_and_return, 10 + i));
  CHECK_THAT(failure<broken_worker>(pool.submit(end_by, SIGKILL)),
             ContainsSubstring("was ended by signal 9 (SIGKILL)"));
  CHECK_THAT(failure<broken_worker>(pool.submit([] { ::_exit(7); })),
             ContainsSubstring("ended with exit code 7"));
  try {
    get(pool.submit(end_by, SIGTERM));
    FAIL("there was no exception");
  } catch (const broken_worker& error) {
    CHECK(error.exit_code() == -SIGTERM);
  }
  for (int i = 0; i < 30; ++i)
    CHECK(get(std::move(others[static_cast<std::size_t>(i)])) == 10 + i);
}

TEST_CASE("A worker killed while it runs a call loses that one alone, and is replaced",
          "[process_pool]") {
  SharedCounter met;
  shared = &*met;
  Reports pids;
  ProcessPool pool(2);
  std::vector<std::future<int>> others;
  for (int i = 0; i < 20; ++i) others.push_back(pool.submit(square, i));
  auto running = pool.submit([] {
    Reports::add(::getpid());
    std::this_thread::sleep_for(1h);
  });
  for (int i = 20; i < 40; ++i) others.push_back(pool.submit(square, i));
  const pid_t victim = pids.next();
  ::kill(victim, SIGKILL);
  CHECK_THAT(
      failure<broken_worker>(std::move(running)),
      ContainsSubstring("(pid " + std::to_string(victim) + ") was ended by signal 9"));
  for (int i = 0; i < 40; ++i)
    CHECK(get(std::move(others[static_cast<std::size_t>(i)])) == i * i);
  // Calls that wait for each other need a worker each.
  const auto meets = [](int) {
    meet(2);
    return shared->load();
  };
  CHECK(all_of(pool.map(meets, numbers(2))) == std::vector<int>{2, 2});
}

TEST_CASE("While a worker is being replaced, the others answer", "[process_pool]") {
  Reports pids;
  ProcessPool pool(2);
  // It stops as if the system were slow to start processes, and goes on in any case.
  const struct Stopped {
    pid_t process;
    explicit Stopped(pid_t given) : process(given) {
      REQUIRE(::kill(given, SIGSTOP) == 0);
    }
    ~Stopped() { ::kill(process, SIGCONT); }
  } fork_server(get(pool.submit(parent_pid)));

  auto lost = pool.submit([] {
    Reports::add(::getpid());
    end_by(SIGKILL);
  });
  wait_for_end(pids.next());
  for (int i = 0; i < 50; ++i) {
    CHECK(get(pool.submit(square, i)) == i * i);
    std::this_thread::sleep_for(1ms);  // the pool may see the end a little later
  }
  CHECK(lost.wait_for(0s) ==
        std::future_status::timeout);  // it is still being replaced

  ::kill(fork_server.process, SIGCONT);
  CHECK_THAT(failure<broken_worker>(std::move(lost)), ContainsSubstring("SIGKILL"));
}

TEST_CASE("exit_process() in a call ends its worker", "[process_pool]") {
  const std::string text = captured_output([] {
    ProcessPool pool(1);
    CHECK_THAT(failure<broken_worker>(pool.submit([] {
                 std::printf("printed");
                 exit_process(7);
               })),
               ContainsSubstring("ended with exit code 7"));
    auto results = pool.map(
        [](int x) {
          if (x == 2) exit_process(0);
          return x;
        },
        numbers(8), 4);
    for (int i = 0; i < 4; ++i)
      CHECK_THROWS_WITH(results.next(), ContainsSubstring("ended with exit code 0"));
    for (int i = 4; i < 8; ++i) CHECK(results.next() == i);
  });
  CHECK(text == "printed");
}

TEST_CASE("As many workers as there were work on after each has died",
          "[process_pool]") {
  SharedCounter met;
  shared = &*met;
  ProcessPool pool(3);
  for (int round = 0; round < 5; ++round) {
    *met = 0;
    std::vector<std::future<void>> dead;
    for (int i = 0; i < 3; ++i)
      dead.push_back(pool.submit([] {
        meet(3);
        ::raise(SIGKILL);
      }));
    for (auto& one : dead) CHECK_THROWS_AS(get(std::move(one)), broken_worker);
    *met = 0;
    std::set<pid_t> pids;
    const auto pid_of_each = [](int) {
      meet(3);
      return ::getpid();
    };
    for (const pid_t one : pool.map(pid_of_each, numbers(3))) pids.insert(one);
    CHECK(pids.size() == 3);
  }
}

TEST_CASE("A worker killed while it is idle costs nothing", "[process_pool]") {
  ProcessPool pool(2);
  for (int round = 0; round < 20; ++round) {
    const pid_t victim = get(pool.submit(pid));
    ::kill(victim, SIGKILL);
    wait_for_end(victim);
    CHECK(all_of(pool.map(square, numbers(20))).size() == 20);
  }
  // And nobody waits for a call to be taken note of.
  const pid_t victim = get(pool.submit(pid));
  ::kill(victim, SIGKILL);
  CHECK(soon(
      [&] { return !std::filesystem::exists("/proc/" + std::to_string(victim)); }));
}

TEST_CASE("Workers killed before they have done anything cost nothing",
          "[process_pool]") {
  const Subreaper subreaper;
  std::vector<pid_t> workers;
  ProcessPool pool(3);
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "stat");
    std::string text;
    // Grandchildren of this process: children of its only child, the fork server.
    if (!std::getline(file, text)) continue;
    int parent;
    char state;
    std::istringstream(text.substr(text.rfind(')') + 1)) >> state >> parent;
    const auto of_parent = "/proc/" + std::to_string(parent) + "/stat";
    std::ifstream parent_file(of_parent);
    std::string parent_text;
    if (!std::getline(parent_file, parent_text)) continue;
    int grandparent;
    std::istringstream(parent_text.substr(parent_text.rfind(')') + 1)) >> state >>
        grandparent;
    if (grandparent == ::getpid())
      workers.push_back(std::stoi(entry.path().filename().string()));
  }
  REQUIRE(workers.size() == 3);
  for (const pid_t worker : workers) ::kill(worker, SIGKILL);
  for (const pid_t worker : workers) wait_for_end(worker);
  CHECK(all_of(pool.map(square, numbers(20))).size() == 20);
}

TEST_CASE("With retries, workers may be killed at any moment", "[process_pool]") {
  ProcessPool pool(3, {.retries = 5});
  std::vector<std::future<int>> futures;
  std::mt19937 random(1);
  for (int i = 0; i < 300; ++i) {
    futures.push_back(pool.submit(sleep_and_return, i % 5));
    if (i % 10 == 0) {
      const pid_t victim = get(pool.submit(pid));
      std::this_thread::sleep_for(std::chrono::microseconds(random() % 2000));
      ::kill(victim, SIGKILL);
    }
  }
  for (int i = 0; i < 300; ++i)
    CHECK(get(std::move(futures[static_cast<std::size_t>(i)])) == i % 5);
}

TEST_CASE("A call is retried as often as asked, then it fails", "[process_pool]") {
  SharedCounter counter;
  shared = &*counter;
  ProcessPool pool(2, {.retries = 2});
  const auto dies = [](int times) {
    if (++*shared <= times) ::raise(SIGKILL);
    return shared->load();
  };
  CHECK(get(pool.submit(dies, 2)) == 3);
  *counter = 0;
  CHECK_THROWS_AS(get(pool.submit(dies, 100)), broken_worker);
  CHECK(*counter == 3);
  // An exception is an answer: it is not retried.
  *counter = 0;
  CHECK_THROWS_AS(get(pool.submit([] {
                    ++*shared;
                    throw std::runtime_error("no");
                  })),
                  remote_error);
  CHECK(*counter == 1);
}

TEST_CASE("The death of a worker fails its chunk of a map, and no other",
          "[process_pool]") {
  ProcessPool pool(2);
  const auto dies_at_13 = [](int x) {
    if (x == 13) ::raise(SIGKILL);
    return x;
  };
  auto results = pool.map(dies_at_13, numbers(40), 10);
  for (int i = 0; i < 40; ++i) {
    if (i / 10 == 1)
      CHECK_THROWS_AS(results.next(), broken_worker);
    else
      CHECK(results.next() == i);
  }
  CHECK(results.next() == std::nullopt);
}

namespace {

/// Kills the process that writes it, when half of it is written.
struct DiesWhenWritten {
  std::string bytes = std::string(10'000'000, 'x');
  template <class Archive>
  void save(Archive& archive) const {
    archive(bytes);
    if (shared) ::raise(SIGKILL);
    archive(bytes);
  }
  template <class Archive>
  void load(Archive& archive) {
    archive(bytes, bytes);
  }
};

/// Kills the process that reads it, when half of it is read.
struct DiesWhenRead {
  std::string bytes = std::string(10'000'000, 'x');
  template <class Archive>
  void save(Archive& archive) const {
    archive(bytes, bytes);
  }
  template <class Archive>
  void load(Archive& archive) {
    archive(bytes);
    ::raise(SIGKILL);
    archive(bytes);
  }
};

}  // namespace

TEST_CASE("A worker may die while it writes its result or reads its arguments",
          "[process_pool]") {
  SharedCounter counter;
  shared = &*counter;
  ProcessPool pool(2);
  auto others = pool.map(same, std::vector<std::string>(20, std::string(500'000, 'y')));
  CHECK_THROWS_AS(get(pool.submit([] { return DiesWhenWritten(); })), broken_worker);
  CHECK_THROWS_AS(get(pool.submit([](const DiesWhenRead&) {}, DiesWhenRead())),
                  broken_worker);
  CHECK(all_of(std::move(others)).size() == 20);
}

TEST_CASE(
    "A worker killed in the middle of sending a large result breaks only its call",
    "[process_pool]") {
  Reports pids;
  ProcessPool pool(2);
  const std::size_t size = 100'000'000;  // of memory that is not kept once it is sent
  int killed = 0;
  for (int attempt = 0; attempt < 50 && killed < 3; ++attempt) {
    auto before = pool.map(square, numbers(20));
    auto large = pool.submit(
        [](std::size_t bytes) {
          Reports::add(::getpid());
          return repeat(bytes);
        },
        size);
    auto after =
        pool.map(same, std::vector<std::string>(20, std::string(500'000, 'y')));
    const pid_t victim = pids.next();
    // It has this memory from before it copies its result there until that is sent.
    while (!has_memory(victim) && large.wait_for(0s) != std::future_status::ready) {
    }
    ::kill(victim, SIGKILL);
    try {
      const std::string result = get(std::move(large));
      CHECK(result.size() == size);
    } catch (const broken_worker& error) {
      CHECK(error.exit_code() == -SIGKILL);
      ++killed;
    }
    CHECK(all_of(std::move(before)).size() == 20);
    CHECK(all_of(std::move(after)).size() == 20);
  }
  CHECK(killed == 3);
}

TEST_CASE("A worker's death is seen even if its own child lives on", "[process_pool]") {
  Reports pids;
  ProcessPool pool(1);
  auto future = pool.submit([] {
    if (const pid_t child = ::fork(); child == 0) {
      std::this_thread::sleep_for(1h);  // with a copy of the worker's connection
      ::_exit(0);
    } else {  // NOLINT(readability-else-after-return): the parent
      Reports::add(child);
      ::raise(SIGKILL);
    }
  });
  const pid_t child = pids.next();
  CHECK_THROWS_AS(get(std::move(future)), broken_worker);
  CHECK_FALSE(has_ended(child));
  ::kill(child, SIGKILL);
  CHECK(get(pool.submit(square, 3)) == 9);
}

TEST_CASE("A worker that closes its connection is ended and replaced",
          "[process_pool]") {
  ProcessPool pool(1);
  CHECK_THROWS_AS(get(pool.submit([] {
                    ::close_range(3, ~0u, 0);
                    std::this_thread::sleep_for(1h);
                  })),
                  broken_worker);
  CHECK(get(pool.submit(square, 3)) == 9);
}

TEST_CASE("If the fork server is killed, every call fails, and nothing is left",
          "[process_pool]") {
  const Subreaper subreaper;
  {
    ProcessPool pool(3);
    const pid_t fork_server = get(pool.submit(parent_pid));
    std::vector<std::future<int>> futures;
    for (int i = 0; i < 10; ++i)
      futures.push_back(pool.submit(sleep_and_return, 3'600'000));
    ::kill(fork_server, SIGKILL);
    for (auto& future : futures)
      CHECK_THAT(failure<broken_pool>(std::move(future)),
                 ContainsSubstring("fork server") && ContainsSubstring("SIGKILL"));
    CHECK_THAT(failure<broken_pool>(pool.submit(square, 2)),
               ContainsSubstring("fork server"));
    CHECK_THROWS_AS(all_of(pool.map(square, numbers(3))), broken_pool);
  }
  CHECK(subreaper.all_end());
}

TEST_CASE("If an idle pool's fork server is killed, calls fail", "[process_pool]") {
  const Subreaper subreaper;
  {
    ProcessPool pool(3);
    const pid_t fork_server = get(pool.submit(parent_pid));
    const pid_t worker = get(pool.submit(pid));
    ::kill(fork_server, SIGKILL);
    wait_for_end(worker);
    CHECK_THROWS_AS(get(pool.submit(square, 2)), broken_pool);
    CHECK_THROWS_AS(get(pool.submit(square, 2)), broken_pool);
  }
  CHECK(subreaper.all_end());
}

TEST_CASE("If the pool's process is killed, nothing is left", "[process_pool]") {
  const Subreaper subreaper;
  Reports pids;
  Process victim([] {
    ProcessPool pool(4);
    Reports::add(get(pool.submit(parent_pid)));
    // Workers at work, one that has sent, and one at rest.
    const auto sleeps = [] {
      Reports::add(::getpid());
      std::this_thread::sleep_for(1h);
    };
    const auto first = pool.submit(sleeps);
    const auto second = pool.submit(sleeps);
    const auto large = pool.submit([] {
      Reports::add(::getpid());
      return repeat(50'000'000);
    });
    std::this_thread::sleep_for(1h);
  });
  victim.start();
  const pid_t fork_server = pids.next();
  const std::array workers{pids.next(), pids.next(), pids.next()};
  const auto one_sends = [&] {
    return std::any_of(workers.begin(), workers.end(), has_memory);
  };
  REQUIRE(soon(one_sends));
  // Nothing that they use has a name: neither is open in /dev/shm.
  for (const pid_t process :
       {victim.pid(), fork_server, workers[0], workers[1], workers[2]})
    for (const auto& entry : std::filesystem::directory_iterator(
             "/proc/" + std::to_string(process) + "/fd")) {
      std::error_code gone;
      const auto target = std::filesystem::read_symlink(entry, gone);
      CHECK_FALSE(target.string().starts_with("/dev/shm"));
    }
  victim.kill();
  victim.join();
  CHECK(subreaper.all_end());
}
