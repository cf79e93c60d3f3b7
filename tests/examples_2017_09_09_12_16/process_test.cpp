// A process that runs a function: how it ends, what it prints, and that nothing is
// left.
#include "examples_2017_09_09_12_16/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/as_without_catch.hpp"
#include "tests/catch.hpp"
#include "tests/test_timeout.hpp"

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

namespace {

// A pipe between processes: its reader learns that all its writers are gone.
class Line {
 public:
  Line() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line() {
    ::close(ends_[0]);
    close_writer();
  }

  void send() const {
    if (::write(ends_[1], "x", 1) != 1) ::_exit(99);
  }
  void close_writer() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }
  int writer() const { return ends_[1]; }

  // Whether something comes, or the end, before the time is over.
  bool waits_for_input(std::chrono::milliseconds limit) const {
    ::pollfd readable{ends_[0], POLLIN, 0};
    return ::poll(&readable, 1, static_cast<int>(limit.count())) == 1;
  }

  // Waits until the other side has sent so often; false if it was gone before.
  bool receive(int count = 1) const {
    for (char byte; count > 0; --count)
      if (::read(ends_[0], &byte, 1) != 1) return false;
    return true;
  }

  // Everything until the last writer is gone.
  std::string rest() const {
    std::string text;
    std::array<char, 4096> bytes;
    for (ssize_t size; (size = ::read(ends_[0], bytes.data(), bytes.size())) > 0;)
      text.append(bytes.data(), static_cast<std::size_t>(size));
    return text;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

enum class Into { pipe, terminal };

// What a program that does this would print, on both streams.
template <class Action>
std::string printed(Into into, const Action& action) {
  std::array<int, 2> ends{};
  if (into == Into::pipe) {
    REQUIRE(::pipe(ends.data()) == 0);
  } else {
    REQUIRE(::openpty(ends.data(), &ends[1], nullptr, nullptr, nullptr) == 0);
    ::termios mode{};
    ::tcgetattr(ends[1], &mode);
    mode.c_oflag &= ~static_cast<tcflag_t>(OPOST);
    ::tcsetattr(ends[1], TCSANOW, &mode);
  }
  std::fflush(nullptr);
  const pid_t pid = ::fork();
  REQUIRE(pid >= 0);
  if (pid == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    ::close(ends[0]);
    ::close(ends[1]);
    std::setvbuf(stdout, nullptr, into == Into::pipe ? _IOFBF : _IOLBF, BUFSIZ);
    try {
      action();
    } catch (const std::exception& error) {
      std::printf("thrown: %s", error.what());
    }
    std::fflush(nullptr);
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string text;
  std::array<char, 4096> bytes;
  for (ssize_t size; (size = ::read(ends[0], bytes.data(), bytes.size())) > 0;)
    text.append(bytes.data(), static_cast<std::size_t>(size));
  ::close(ends[0]);
  ::waitpid(pid, nullptr, 0);
  return text;
}

template <class Function>
std::optional<int> exit_code_of(Function function) {
  Process process(function);
  process.start();
  process.join();
  return process.exit_code();
}

[[noreturn]] void sleep_for_ever() {
  for (;;) ::pause();
}

bool is_there(pid_t pid) {
  return ::kill(pid, 0) == 0;
}

bool has_children() {
  return ::waitpid(-1, nullptr, WNOHANG) >= 0;
}

std::ptrdiff_t open_files() {
  const std::filesystem::directory_iterator files("/proc/self/fd");
  return std::distance(begin(files), end(files));
}

struct CustomError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Speaks {
  ~Speaks() { std::printf("destroyed\n"); }
};

void exit_deep_within(int depth) {
  const Speaks speaks;
  if (depth == 0) exit_process(5);
  if (depth > 0) exit_deep_within(depth - 1);
}

}  // namespace

TEST_CASE_METHOD(AsWithoutCatch, "A process runs its function, elsewhere",
                 "[process]") {
  Line line;
  int number = 1;
  Process process([&] {
    number = 2;
    const pid_t ids[]{::getpid(), ::getppid()};
    return ::write(line.writer(), ids, sizeof ids);
  });
  process.start();
  process.join();
  line.close_writer();
  CHECK(line.rest() == [&] {
    const pid_t ids[]{process.pid(), ::getpid()};
    return std::string(reinterpret_cast<const char*>(ids), sizeof ids);
  }());
  CHECK(process.pid() != ::getpid());
  CHECK(number == 1);
}

TEST_CASE_METHOD(AsWithoutCatch, "Arguments are passed as to a thread", "[process]") {
  Process process(
      [](int number, const std::string& text, std::unique_ptr<int> only) {
        exit_process(number + static_cast<int>(text.size()) + *only);
      },
      1, "ab", std::make_unique<int>(4));
  process.start();
  process.join();
  CHECK(process.exit_code() == 7);

  // What is passed is what it was when the object was made.
  int value = 1;
  Process copies(exit_process, value);
  value = 2;
  copies.start();
  copies.join();
  CHECK(copies.exit_code() == 1);
}

TEST_CASE_METHOD(AsWithoutCatch, "Exit codes are Python's", "[process]") {
  CHECK(exit_code_of([] {}) == 0);
  CHECK(exit_code_of([] { return 1; }) == 0);
  CHECK(exit_code_of([] { exit_process(0); }) == 0);
  CHECK(exit_code_of([] { exit_process(1); }) == 1);
  CHECK(exit_code_of([] { exit_process(255); }) == 255);
  CHECK(exit_code_of([] { exit_process(256); }) == 0);
  CHECK(exit_code_of([] { ::_exit(7); }) == 7);
  CHECK(exit_code_of([] { std::quick_exit(4); }) == 4);
  CHECK(exit_code_of([] { ::raise(SIGKILL); }) == -SIGKILL);
  CHECK(exit_code_of([] { ::raise(SIGTERM); }) == -SIGTERM);
  CHECK(exit_code_of([] { ::raise(SIGPIPE); }) == -SIGPIPE);
  CHECK(exit_code_of([] { std::abort(); }) == -SIGABRT);
  CHECK(exit_code_of([] { ::raise(SIGRTMIN + 1); }) == -(SIGRTMIN + 1));
}

namespace {

struct Ending {
  std::string how;
  int number;
};

void end(const Ending& ending) {
  if (ending.how == "exit") exit_process(ending.number);
  if (ending.how == "_exit") ::_exit(ending.number);
  if (ending.how == "raise") throw std::runtime_error("as it should be");
  if (ending.how == "signal") ::raise(ending.number);
}

// The same in Python; its processes' exit codes, one in a line.
constexpr const char* endings_in_python = R"(
import multiprocessing, os, sys

def end(how, number):
    if how == "exit":
        sys.exit(number)
    if how == "_exit":
        os._exit(number)
    if how == "raise":
        raise RuntimeError("as it should be")
    if how == "signal":
        os.kill(os.getpid(), number)
    return number

for ending in sys.argv[1:]:
    how, number = ending.split(":")
    process = multiprocessing.get_context("fork").Process(target=end, args=(how, int(number)))
    process.start()
    process.join()
    print(process.exitcode, flush=True)
)";

}  // namespace

TEST_CASE_METHOD(AsWithoutCatch, "Exit codes are those that CPython gives",
                 "[process]") {
  std::vector<Ending> endings{{"return", 0}, {"return", 1}, {"raise", 0}};
  for (const int code : {0, 1, 2, 5, 127, 128, 255, 256, 257, 300, -1, -9})
    endings.push_back({"exit", code});
  for (const int code : {0, 7, 255}) endings.push_back({"_exit", code});
  // Not SIGINT and SIGPIPE, which Python handles or ignores in any process.
  for (const int signal : {SIGHUP, SIGQUIT, SIGABRT, SIGKILL, SIGUSR1, SIGSEGV, SIGTERM,
                           SIGRTMIN + 1, SIGCHLD})
    endings.push_back({"signal", signal});

  std::vector<std::string> words{PYTHON, "-c", endings_in_python};
  std::string expected;
  for (const Ending& ending : endings) {
    words.push_back(fmt::format("{}:{}", ending.how, ending.number));
    expected += fmt::format("{}\n", exit_code_of([&] { end(ending); }).value());
  }
  const std::string python = printed(Into::pipe, [&] {
    ::dup2(::open("/dev/null", O_WRONLY), STDERR_FILENO);  // the traceback
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execv(PYTHON, arguments.data());
    ::_exit(127);
  });
  CHECK(python == expected);
}

TEST_CASE_METHOD(AsWithoutCatch,
                 "An exception is one line on standard error, and exit code 1",
                 "[process]") {
  const auto run = [&](auto function) {
    return printed(Into::pipe, [&] {
      Process process({.name = "name"}, function);
      process.start();
      process.join();
      std::printf("exit code %d\n", process.exit_code().value());
    });
  };
  CHECK(run([] { throw std::runtime_error("it broke"); }) ==
        "name: std::runtime_error: it broke\nexit code 1\n");
  CHECK(run([] { throw std::out_of_range(""); }) ==
        "name: std::out_of_range: \nexit code 1\n");
  CHECK_THAT(run([] { throw CustomError("mine"); }),
             ContainsSubstring("CustomError: mine\nexit code 1\n"));
  CHECK(run([] { throw 1; }) ==
        "name: an exception that is no std::exception\nexit code 1\n");
  // It comes after what was printed before it, and does not keep that back.
  CHECK(run([] {
          std::printf("printed");
          throw std::runtime_error("it broke");
        }) == "printedname: std::runtime_error: it broke\nexit code 1\n");
}

TEST_CASE_METHOD(AsWithoutCatch,
                 "exit_process leaves from any depth, and what is left is destroyed",
                 "[process]") {
  const auto output = printed(Into::pipe, [] {
    Process process([] {
      try {
        exit_deep_within(2);
      } catch (const std::exception&) {
        std::printf("caught\n");
      }
    });
    process.start();
    process.join();
    std::printf("exit code %d\n", process.exit_code().value());
  });
  CHECK(output == "destroyed\ndestroyed\ndestroyed\nexit code 5\n");
  CHECK_THROWS_AS(exit_process(0), std::logic_error);
}

TEST_CASE_METHOD(AsWithoutCatch, "What was printed appears once", "[process]") {
  const auto into = GENERATE(Into::pipe, Into::terminal);
  const auto print_all = [] {
    std::printf("1 ");
    for (const int number : {2, 3}) {
      Process process([number] {
        std::printf("%d ", number);
        Process inner([number] { std::printf("%d ", number * 10); });
        inner.start();
      });
      process.start();
      process.join();
    }
    std::printf("4");
  };
  CHECK(printed(into, print_all) == "1 2 20 3 30 4");

  // Also what std::cout keeps where it was given a buffer of its own.
  CHECK(printed(into, [] {
          std::ios::sync_with_stdio(false);
          std::cout << "1 ";
          Process process([] { std::cout << "2 "; });
          process.start();
          process.join();
          std::cout << "3" << std::flush;
        }) == "1 2 3");

  // However the function ends.
  const auto ending = GENERATE(0, 1);
  const auto output = printed(into, [&] {
    std::printf("1 ");
    Process process([&] {
      std::printf("2 ");
      if (ending == 1) exit_process(3);
    });
    process.start();
    process.join();
    std::printf("3");
  });
  CHECK(output == "1 2 3");
}

TEST_CASE_METHOD(AsWithoutCatch, "An output that cannot be written is exit code 1",
                 "[process]") {
  const int buffering = GENERATE(_IOFBF, _IOLBF, _IONBF);
  const bool by_cout = GENERATE(false, true);
  const auto run = [&](auto&& then) {
    return printed(Into::pipe, [&] {
      std::setvbuf(stdout, nullptr, buffering, BUFSIZ);
      if (by_cout) std::ios::sync_with_stdio(false);
      Process process({.name = "name"}, [&] {
        ::dup2(::open("/dev/full", O_WRONLY), STDOUT_FILENO);
        const std::string lost = "lost\n";
        if (by_cout)
          std::cout << lost;
        else
          std::fputs(lost.c_str(), stdout);
        then();
      });
      process.start();
      process.join();
      std::printf("exit code %d\n", process.exit_code().value());
    });
  };
  // Of a write that failed before the last one the stream does not know why.
  const bool at_end = by_cout || buffering == _IOFBF;
  const std::string reason = at_end ? ": No space left on device" : "";
  const std::string expected =
      "name: cannot write the output" + reason + "\nexit code 1\n";
  CHECK(run([] {}) == expected);
  // Whatever exit code it wanted, and whatever else has failed.
  CHECK(run([] { exit_process(0); }) == expected);
  CHECK(run([] { exit_process(5); }) == expected);
  CHECK(run([] { ::open("/no/such/file", O_RDONLY); }) == expected);
}

TEST_CASE_METHOD(AsWithoutCatch, "A process is alive from its start to its end",
                 "[process]") {
  Process process(sleep_for_ever);
  CHECK_FALSE(process.is_alive());
  CHECK(process.pid() == 0);
  CHECK(process.exit_code() == std::nullopt);

  process.start();
  CHECK(process.is_alive());
  CHECK(process.pid() > 0);
  CHECK(process.exit_code() == std::nullopt);

  SECTION("terminated") {
    process.terminate();
    process.join();
    CHECK(process.exit_code() == -SIGTERM);
  }
  SECTION("killed") {
    process.kill();
    process.join();
    CHECK(process.exit_code() == -SIGKILL);
  }
  SECTION("killed before it may have run") {
    for (int i = 0; i < 100; ++i) {
      Process next(sleep_for_ever);
      next.start();
      next.kill();
      next.join();
      CHECK(next.exit_code() == -SIGKILL);
    }
    process.kill();
    process.join();
  }
  CHECK_FALSE(process.is_alive());
  const auto code = process.exit_code();
  // To end it once more, or to wait for it, changes nothing.
  process.terminate();
  process.kill();
  process.join();
  CHECK(process.join_for(0s));
  CHECK(process.exit_code() == code);
  CHECK_FALSE(is_there(process.pid()));
}

TEST_CASE_METHOD(AsWithoutCatch, "The end is noticed by whatever asks first",
                 "[process]") {
  const auto asks = GENERATE(0, 1, 2);
  Line line;
  Process process(exit_process, 3);
  process.start();
  line.close_writer();
  while (asks == 0 && process.is_alive()) continue;
  while (asks == 1 && !process.exit_code()) continue;
  while (asks == 2 && !process.join_for(1ms)) continue;
  CHECK(process.exit_code() == 3);
  CHECK_FALSE(is_there(process.pid()));
}

TEST_CASE_METHOD(AsWithoutCatch,
                 "join_for waits no longer than its limit, and not less", "[process]") {
  Process process(sleep_for_ever);
  process.start();
  for (const double seconds : {0.0, 0.001, 0.05, -1.0, double{NAN}}) {
    const std::chrono::duration<double> limit(seconds);
    const auto start = std::chrono::steady_clock::now();
    CHECK_FALSE(process.join_for(limit));
    CHECK_FALSE(std::chrono::steady_clock::now() - start < limit);
  }

  // Signals that are handled meanwhile neither shorten nor prolong it.
  struct ::sigaction handled{}, old{};
  handled.sa_handler = [](int) {};
  ::sigaction(SIGALRM, &handled, &old);
  const ::itimerval often{{0, 5000}, {0, 5000}}, never{};
  ::setitimer(ITIMER_REAL, &often, nullptr);
  const auto start = std::chrono::steady_clock::now();
  CHECK_FALSE(process.join_for(0.2s));
  CHECK(std::chrono::steady_clock::now() - start >= 0.2s);
  process.kill();
  process.join();
  Process sleeps([] { std::this_thread::sleep_for(50ms); });
  sleeps.start();
  sleeps.join();
  CHECK(sleeps.exit_code() == 0);
  ::setitimer(ITIMER_REAL, &never, nullptr);
  ::sigaction(SIGALRM, &old, nullptr);

  CHECK(process.join_for(0s));
  using limits = std::numeric_limits<double>;
  for (const double seconds : {limits::infinity(), limits::max(), 1e10}) {
    Process ends([] { std::this_thread::sleep_for(50ms); });
    ends.start();
    CHECK(ends.join_for(std::chrono::duration<double>(seconds)));
  }
}

TEST_CASE_METHOD(AsWithoutCatch, "A stopped process is alive, and can be killed",
                 "[process]") {
  Process process(sleep_for_ever);
  process.start();
  ::kill(process.pid(), SIGSTOP);
  ::siginfo_t how{};  // looked at, and left for whoever else waits
  ::waitid(P_PID, static_cast<id_t>(process.pid()), &how, WSTOPPED | WNOWAIT);
  REQUIRE(how.si_code == CLD_STOPPED);
  CHECK(process.is_alive());
  CHECK_FALSE(process.join_for(10ms));
  process.terminate();
  CHECK_FALSE(process.join_for(50ms));

  SECTION("it goes on, and learns that it was terminated") {
    ::kill(process.pid(), SIGCONT);
    process.join();
    CHECK(process.exit_code() == -SIGTERM);
  }
  SECTION("killed") {
    process.kill();
    process.join();
    CHECK(process.exit_code() == -SIGKILL);
  }
}

TEST_CASE_METHOD(AsWithoutCatch, "The destructor waits for an ordinary process",
                 "[process]") {
  Line line;
  pid_t pid = 0;
  {
    Process process([&] {
      std::this_thread::sleep_for(100ms);
      line.send();
    });
    process.start();
    pid = process.pid();
  }
  CHECK(line.waits_for_input(0ms));
  CHECK_FALSE(is_there(pid));
}

TEST_CASE_METHOD(AsWithoutCatch, "The destructor ends a daemon, whatever it does",
                 "[process]") {
  const std::string does =
      GENERATE("sleeps", "handles", "ignores", "stops", "has ended");
  CAPTURE(does);
  Line ready;
  Line alive;
  pid_t pid = 0;
  {
    Process process({.daemon = true}, [&] {
      if (does == "ignores") ::signal(SIGTERM, SIG_IGN);
      if (does == "handles") {
        static int writer;
        writer = ready.writer();
        ::signal(SIGTERM, [](int) { ::_exit(::write(writer, "!", 1) == 1 ? 0 : 1); });
      }
      ready.send();
      if (does == "stops") ::raise(SIGSTOP);
      if (does != "has ended") sleep_for_ever();
    });
    CHECK(process.daemon());
    process.start();
    pid = process.pid();
    alive.close_writer();
    REQUIRE(ready.receive());
    if (does == "stops") {
      ::siginfo_t how{};
      ::waitid(P_PID, static_cast<id_t>(pid), &how, WSTOPPED | WNOWAIT);
    }
    if (does == "has ended") process.join();
  }
  CHECK_FALSE(is_there(pid));
  ready.close_writer();
  CHECK(ready.rest() == (does == "handles" ? "!" : ""));
  CHECK(alive.waits_for_input(0ms));
  CHECK_FALSE(has_children());
}

TEST_CASE_METHOD(AsWithoutCatch, "An exception that passes a process waits for it",
                 "[process]") {
  Line line;
  try {
    Process process([&] { line.send(); });
    process.start();
    throw std::runtime_error("passes");
  } catch (const std::runtime_error&) {
    CHECK(line.waits_for_input(0ms));
  }
  CHECK_FALSE(has_children());
}

TEST_CASE_METHOD(AsWithoutCatch, "A process moves with its object", "[process]") {
  Process first(sleep_for_ever);
  first.start();
  const pid_t pid = first.pid();
  Process second = std::move(first);
  CHECK(second.pid() == pid);
  CHECK(second.is_alive());

  CHECK_THROWS_AS(first.start(), std::logic_error);
  CHECK_THROWS_AS(first.join(), std::logic_error);
  CHECK_THROWS_AS(first.is_alive(), std::logic_error);
  CHECK_THROWS_AS(first.exit_code(), std::logic_error);
  CHECK_THROWS_AS(first.pid(), std::logic_error);
  CHECK_THROWS_AS(first.name(), std::logic_error);
  CHECK_THROWS_AS(first.description(), std::logic_error);

  Process& same = second;
  second = std::move(same);
  CHECK(second.pid() == pid);
  CHECK(second.is_alive());

  // The one that is replaced is waited for first.
  Line line;
  Process third([&] {
    std::this_thread::sleep_for(50ms);
    line.send();
  });
  third.start();
  third = std::move(second);
  CHECK(line.waits_for_input(0ms));
  CHECK(third.pid() == pid);
  third.kill();

  std::vector<Process> many;
  for (int number = 0; number < 10; ++number) {
    many.emplace_back(exit_process, number);
    many.back().start();
  }
  for (int number = 0; number < 10; ++number) {
    many[static_cast<std::size_t>(number)].join();
    CHECK(many[static_cast<std::size_t>(number)].exit_code() == number);
  }
}

TEST_CASE_METHOD(AsWithoutCatch, "A process is started once", "[process]") {
  Process process([] {});
  CHECK_THROWS_AS(process.join(), std::logic_error);
  CHECK_THROWS_AS(process.join_for(1s), std::logic_error);
  CHECK_THROWS_AS(process.terminate(), std::logic_error);
  CHECK_THROWS_AS(process.kill(), std::logic_error);
  process.start();
  CHECK_THROWS_WITH(process.start(), ContainsSubstring("was started before"));
  process.join();
  CHECK_THROWS_WITH(process.start(), ContainsSubstring("was started before"));
  CHECK(process.exit_code() == 0);
}

TEST_CASE_METHOD(AsWithoutCatch, "A process that has threads starts none",
                 "[process]") {
  Process process({.name = "late"}, [] {});
  {
    std::jthread thread([](const std::stop_token& stop) {
      while (!stop.stop_requested()) std::this_thread::yield();
    });
    CHECK_THROWS_AS(process.start(), std::logic_error);
    CHECK_THROWS_WITH(
        process.start(),
        ContainsSubstring("late cannot be started: this process has 2 threads"));
    CHECK(process.pid() == 0);
    CHECK_FALSE(has_children());
  }
  // Those that have ended are none, as soon as they were joined.
  process.start();
  for (int i = 0; i < 200; ++i) {
    std::jthread([] {}).join();
    CHECK(exit_code_of([] {}) == 0);
  }
}

TEST_CASE_METHOD(AsWithoutCatch,
                 "A thread that has ended is none, where it is still listed",
                 "[process]") {
  const auto output = printed(Into::pipe, [] {
    std::thread([first = ::getpid()] {
      // The first thread of a process is listed until the last one ends.
      const std::string place = fmt::format("/proc/self/task/{}/stat", first);
      for (std::string stat; stat.find(") Z ") == std::string::npos;)
        std::getline(std::ifstream(place), stat);
      try {
        std::printf("exit code %d", exit_code_of([] { exit_process(3); }).value());
      } catch (const std::logic_error& error) {
        std::printf("%s", error.what());
      }
      std::fflush(stdout);
      ::_exit(0);
    }).detach();
    ::syscall(SYS_exit, 0);  // only this thread
  });
  CHECK(output == "exit code 3");
}

TEST_CASE_METHOD(AsWithoutCatch, "The function may start threads", "[process]") {
  CHECK(exit_code_of([] {
          int number = 0;
          std::jthread([&] { number = 3; }).join();
          exit_process(number);
        }) == 3);
  // exit_process() would leave the thread's function, not the process's.
  const auto output = printed(Into::pipe, [] {
    Process process([] {
      std::jthread([] {
        try {
          exit_process(3);
        } catch (const std::logic_error&) {
          std::printf("refused");
        }
      }).join();
    });
    process.start();
  });
  CHECK(output == "refused");
}

TEST_CASE_METHOD(AsWithoutCatch, "A copy of an object has no process", "[process]") {
  Process sibling({.name = "sibling", .daemon = true}, sleep_for_ever);
  Process not_started({.name = "not started"}, sleep_for_ever);
  sibling.start();
  Process process([&] {
    int refused = 0;
    const auto try_to = [&](auto action) {
      try {
        action();
      } catch (const std::logic_error& error) {
        if (std::string(error.what()).find("was made by another process") !=
            std::string::npos)
          ++refused;
      }
    };
    for (Process* one : {&sibling, &not_started}) {
      try_to([&] { one->start(); });
      try_to([&] { one->join(); });
      try_to([&] { one->join_for(0s); });
      try_to([&] { one->terminate(); });
      try_to([&] { one->kill(); });
      try_to([&] { one->is_alive(); });
      try_to([&] { one->exit_code(); });
      if (one->description().find(" unknown") != std::string::npos) ++refused;
      const Process destroyed = std::move(*one);
    }
    exit_process(refused);
  });
  process.start();
  process.join();
  CHECK(process.exit_code() == 16);
  CHECK(sibling.is_alive());
  sibling.kill();
  sibling.join();
  CHECK(sibling.exit_code() == -SIGKILL);
}

TEST_CASE_METHOD(AsWithoutCatch, "Names are Python's", "[process]") {
  CHECK(current_process_name() == "MainProcess");
  Process first([] {});
  REQUIRE(first.name().rfind("Process-", 0) == 0);
  const int number = std::stoi(first.name().substr(8));
  Process second({.name = "given"}, [] {});
  CHECK(second.name() == "given");
  Process third({.daemon = true}, [] {});
  CHECK(third.name() == fmt::format("Process-{}", number + 2));
  CHECK(third.daemon());
  CHECK_FALSE(first.daemon());

  const auto output = printed(Into::pipe, [] {
    Process outer({.name = "a name of more than 15 bytes"}, [] {
      std::string system_name;
      std::getline(std::ifstream("/proc/self/comm"), system_name);
      std::printf("%s|%s|", current_process_name().c_str(), system_name.c_str());
      Process named({.name = "named"}, [] {});
      Process inner([] { std::printf("%s|", current_process_name().c_str()); });
      inner.start();
      inner.join();
      Process({}, [] {});
      Process last([] {
        Process innermost([] { std::printf("%s", current_process_name().c_str()); });
        innermost.start();
      });
      last.start();
    });
    outer.start();
  });
  const std::string outer = std::to_string(number + 3);
  CHECK(output == "a name of more than 15 bytes|a name of more |Process-" + outer +
                      ":2|Process-" + outer + ":4:1");
}

TEST_CASE_METHOD(AsWithoutCatch, "The description is Python's", "[process]") {
  const std::string parent = std::to_string(::getpid());
  Process process({.name = "it"}, sleep_for_ever);
  CHECK(process.description() == "<Process name='it' parent=" + parent + " initial>");
  process.start();
  const std::string begin =
      fmt::format("<Process name='it' pid={} parent={} ", process.pid(), parent);
  CHECK(process.description() == begin + "started>");
  process.terminate();
  process.join();
  CHECK(process.description() == begin + "stopped exitcode=-SIGTERM>");

  const auto end_of_description = [](auto function) {
    Process other({.daemon = true}, function);
    other.start();
    other.join();
    const std::string text = other.description();
    return text.substr(text.find("stopped"));
  };
  CHECK(end_of_description([] {}) == "stopped exitcode=0 daemon>");
  CHECK(end_of_description([] { exit_process(3); }) == "stopped exitcode=3 daemon>");
  CHECK(end_of_description([] { ::raise(SIGRTMAX); }) ==
        fmt::format("stopped exitcode={} daemon>", -SIGRTMAX));
}

TEST_CASE_METHOD(AsWithoutCatch,
                 "Exit codes are kept where the end of children was ignored",
                 "[process]") {
  struct ::sigaction ignored{}, old{};
  SECTION("by SIG_IGN") {
    ignored.sa_handler = SIG_IGN;
  }
  SECTION("by SA_NOCLDWAIT") {
    ignored.sa_flags = SA_NOCLDWAIT;
  }
  ::sigaction(SIGCHLD, &ignored, &old);
  const auto code = exit_code_of([] { exit_process(3); });
  ::sigaction(SIGCHLD, &old, nullptr);
  CHECK(code == 3);
}

TEST_CASE_METHOD(AsWithoutCatch,
                 "A process that something else has waited for has ended",
                 "[process]") {
  {
    Process process([] { exit_process(3); });
    process.start();
    REQUIRE(::waitpid(process.pid(), nullptr, 0) == process.pid());
    process.join();
    CHECK_FALSE(process.is_alive());
    CHECK(process.exit_code() == std::nullopt);
    CHECK_THAT(process.description(), ContainsSubstring(" stopped>"));
  }
  Process not_asked([] {});  // its destructor finds it waited for
  not_asked.start();
  CHECK(::waitpid(not_asked.pid(), nullptr, 0) == not_asked.pid());
}

TEST_CASE_METHOD(AsWithoutCatch,
                 "A process that cannot be had is an error, and runs nothing",
                 "[process]") {
  Line line;
  Process process([&] { line.send(); });
  ::rlimit old{};
  ::getrlimit(RLIMIT_NOFILE, &old);
  ::rlimit few = old;
  const int descriptors_left = GENERATE(0, 1);  // with two it is had
  const int next = ::dup(0);
  ::close(next);
  few.rlim_cur = static_cast<rlim_t>(next + descriptors_left);
  // UndefinedBehaviorSanitizer opens a pipe to look at the first object of a class.
  CHECK_THROWS_AS(throw std::system_error(EMFILE, std::generic_category(), ""),
                  std::system_error);
  ::setrlimit(RLIMIT_NOFILE, &few);
  CHECK_THROWS_AS(process.start(), std::system_error);
  ::setrlimit(RLIMIT_NOFILE, &old);
  CHECK_FALSE(has_children());
  CHECK_FALSE(line.waits_for_input(0ms));
  CHECK_FALSE(process.is_alive());

  process.start();  // once there is room
  process.join();
  CHECK(line.waits_for_input(0ms));
}

namespace {

// A tree of processes that hold the line: two children, each with one of its own.
void grow_tree(const Line& line) {
  const auto branch = [&] {
    Process leaf([&] {
      line.send();
      sleep_for_ever();
    });
    leaf.start();
    line.send();
    sleep_for_ever();
  };
  Process left(branch);
  Process right({.daemon = true}, branch);
  left.start();
  right.start();
  line.send();
  sleep_for_ever();
}

}  // namespace

TEST_CASE_METHOD(AsWithoutCatch,
                 "When a process is killed, all that it has started is ended",
                 "[process]") {
  const int number = GENERATE(SIGKILL, SIGTERM, SIGINT, SIGHUP);
  CAPTURE(number);
  Line line;
  const pid_t pid = ::fork();
  REQUIRE(pid >= 0);
  if (pid == 0) {
    for (const int signal : {SIGINT, SIGHUP}) ::signal(signal, SIG_DFL);
    grow_tree(line);
  }
  line.close_writer();
  REQUIRE(line.receive(5));
  CHECK_FALSE(line.waits_for_input(0ms));
  ::kill(pid, number);
  // The line's end: the last of the five is gone.
  CHECK(line.waits_for_input(test_timeout));
  CHECK_FALSE(line.receive());
  CHECK(::waitpid(pid, nullptr, 0) == pid);
}

TEST_CASE_METHOD(AsWithoutCatch, "When a child is ended, its own children are",
                 "[process]") {
  Line line;
  Process process([&] { grow_tree(line); });
  process.start();
  line.close_writer();
  REQUIRE(line.receive(5));
  SECTION("killed") {
    process.kill();
  }
  SECTION("terminated") {
    process.terminate();
  }
  CHECK(line.waits_for_input(test_timeout));
  CHECK_FALSE(line.receive());
}

TEST_CASE_METHOD(AsWithoutCatch, "A child inherits blocked signals and handlers",
                 "[process]") {
  ::sigset_t one, old;
  ::sigemptyset(&one);
  ::sigaddset(&one, SIGUSR1);
  ::pthread_sigmask(SIG_BLOCK, &one, &old);
  const auto handler = ::signal(SIGUSR2, [](int) { ::_exit(6); });
  CHECK(exit_code_of([] {
          ::sigset_t now;
          ::pthread_sigmask(SIG_BLOCK, nullptr, &now);
          exit_process(::sigismember(&now, SIGUSR1) == 1 ? 3 : 4);
        }) == 3);
  CHECK(exit_code_of([] { ::raise(SIGUSR2); }) == 6);
  ::signal(SIGUSR2, handler);
  ::pthread_sigmask(SIG_SETMASK, &old, nullptr);
}

TEST_CASE_METHOD(AsWithoutCatch, "A thousand starts and joins leave nothing behind",
                 "[process]") {
  int wrong = 0;
  const auto cycle = [&](int number) {
    Process process([number](std::vector<int>) { exit_process(number % 256); },
                    std::vector<int>(100));
    process.start();
    process.join();
    if (process.exit_code() != number % 256) ++wrong;
  };
  cycle(0);
  const auto files = open_files();
  const auto bytes = ::mallinfo2().uordblks;
  for (int number = 1; number <= 1000; ++number) cycle(number);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  CHECK(::mallinfo2().uordblks < bytes + 1000);  // less than a byte for each
#else
  (void)bytes;  // the sanitizers have an allocator of their own
#endif
  CHECK(wrong == 0);
  CHECK(open_files() == files);
  CHECK_FALSE(has_children());
}
