#include "program/proc.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <locale>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "program/file_descriptor.hpp"
#include "tests/catch.hpp"
#include "tests/temporary_directory.hpp"

namespace {

namespace proc = program::proc;

/// A child that sleeps until it is ended.
class Sleeper {
 public:
  Sleeper() : pid(::fork()) {
    if (pid == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::prctl(PR_SET_NAME, "a b) R 1 (c");
      while (true) ::pause();
    }
    REQUIRE(pid > 0);
    while (proc::name(pid, pid) != "a b) R 1 (c" || proc::state(pid, pid) != 'S')
      std::this_thread::yield();
  }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;
  ~Sleeper() { reap(); }

  void kill() const {
    ::kill(pid, SIGKILL);
    ::siginfo_t how;
    while (::waitid(P_PID, static_cast<::id_t>(pid), &how, WEXITED | WNOWAIT) != 0) {
    }
  }
  void reap() {
    if (is_there_) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
    }
    is_there_ = false;
  }

  const ::pid_t pid;

 private:
  bool is_there_ = true;
};

bool has(const std::vector<::pid_t>& all, ::pid_t one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

/// Numbers as they are written in some countries.
class Grouped : public std::numpunct<char> {
 protected:
  char do_thousands_sep() const override { return '.'; }
  char do_decimal_point() const override { return ','; }
  std::string do_grouping() const override { return "\3"; }
};

}  // namespace

TEST_CASE("Numbers are found in the kernel's files, and their lack is no error",
          "[proc]") {
  const TestDirectory here;
  const auto write = [&](const std::string& text) {
    std::ofstream(here.path / "file") << text;
    return (here.path / "file").string();
  };
  CHECK(proc::number_in(write("42\n")) == 42);
  CHECK(proc::number_in(write("18446744073709551615\n")) == UINT64_MAX);
  CHECK_FALSE(proc::number_in(write("max\n")));
  CHECK_FALSE(proc::number_in(write("-1\n")));
  CHECK_FALSE(proc::number_in(here.path / "none"));
  const std::string file = write("MemFree:   17 kB\nMemFreeMore: 1 kB\nactive 4096\n");
  CHECK(proc::field_in(file, "MemFree") == 17);
  CHECK(proc::bytes_in(file, "MemFree") == 17 * 1024);
  CHECK(proc::field_in(file, "active") == 4096);
  CHECK_FALSE(proc::field_in(file, "kB"));
  CHECK_FALSE(proc::field_in(file, "MemFreeMor"));
  CHECK_FALSE(proc::bytes_in(here.path / "none", "MemFree"));
  const std::string long_file = write(std::string(10'000, 'x') + "\nlast 1\n");
  CHECK(proc::field_in(long_file, "last") == 1);
  CHECK(proc::read_start(long_file).size() == 4096);
}

TEST_CASE("The locale changes nothing about the kernel's numbers", "[proc]") {
  const std::locale before =
      std::locale::global(std::locale(std::locale(), new Grouped));
  const auto total = proc::bytes_in("/proc/meminfo", "MemTotal");
  const auto threads = proc::threads(::getpid());
  const auto usage = proc::usage(::getpid(), ::getpid());
  std::locale::global(before);
  CHECK(total == proc::bytes_in("/proc/meminfo", "MemTotal"));
  CHECK(total.value() > 1'000'000);
  CHECK(has(threads, ::getpid()));
  CHECK(usage.has_value());
}

TEST_CASE("What /proc says of a process, whatever its name", "[proc]") {
  Sleeper sleeper;
  const ::pid_t pid = sleeper.pid;
  CHECK(proc::threads(pid) == std::vector<::pid_t>{pid});
  CHECK(has(proc::children(::getpid()), pid));
  CHECK(has(proc::children(::getpid(), ::getpid()), pid));
  CHECK(proc::children(pid).empty());
  CHECK(proc::parent_of(pid) == ::getpid());
  CHECK(proc::process_of(pid) == pid);
  CHECK(proc::peak_memory(pid) > 0);
  CHECK(proc::usage(pid, pid).has_value());
  CHECK(proc::start_ticks(pid, pid).value() >=
        proc::start_ticks(::getpid(), ::getpid()).value());
  CHECK_FALSE(proc::is_runnable(pid, pid));
  CHECK_FALSE(proc::is_zombie(pid));
  CHECK(proc::is_runnable(::getpid(), ::getpid()));

  sleeper.kill();
  CHECK(proc::is_zombie(pid));
  sleeper.reap();
  CHECK_FALSE(proc::is_zombie(pid));
  CHECK(proc::threads(pid).empty());
  CHECK(proc::children(pid).empty());
  CHECK(proc::name(pid, pid).empty());
  CHECK_FALSE(proc::usage(pid, pid));
  CHECK_FALSE(proc::start_ticks(pid, pid));
  CHECK_FALSE(proc::parent_of(pid));
  CHECK(proc::peak_memory(pid) == 0);
}

TEST_CASE("The fields of a stat file are counted from behind the name", "[proc]") {
  constexpr std::string_view stat = "12 (a b) c 7) S 1 2 3 4\n";
  CHECK(proc::stat_field(stat, 4) == 1);
  CHECK(proc::stat_field(stat, 7) == 4);
  CHECK_FALSE(proc::stat_field(stat, 3));
  CHECK_FALSE(proc::stat_field(stat, 8));
  CHECK_FALSE(proc::stat_field("", 4));
}

TEST_CASE("A machine's cores have been busy since its start", "[proc]") {
  const proc::CoreSeconds first = proc::core_seconds();
  CHECK(first.busy > 0);
  CHECK(first.stolen >= 0);
  while (proc::core_seconds().busy + proc::core_seconds().idle <=
         first.busy + first.idle)
    std::this_thread::yield();
}
