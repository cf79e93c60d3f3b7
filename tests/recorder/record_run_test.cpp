// Real programs, recorded: what is kept of them, and that nothing of them is left.
#include "recorder/record_run.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <system_error>

#include "recorder/judge_run.hpp"
#include "recorder/read_transcripts.hpp"
#include "tests/catch.hpp"

namespace {

using lines = std::vector<std::string>;

recorder::Run shell(const std::string& script, bool terminal = true,
                    double timeout = 30) {
  recorder::RunOptions options;
  options.command = {"/bin/sh", "-c", script};
  options.terminal = terminal;
  options.timeout = std::chrono::duration<double>(timeout);
  return recorder::record_run(options);
}

recorder::Run python(const std::string& code, bool terminal = true) {
  recorder::RunOptions options;
  options.command = {PYTHON, "-c", code};
  options.terminal = terminal;
  options.timeout = std::chrono::seconds(30);
  return recorder::record_run(options);
}

recorder::Run probe(int lines_printed, int threads, bool terminal = true) {
  recorder::RunOptions options;
  options.command = {RECORDER, "probe", std::to_string(lines_printed),
                     std::to_string(threads)};
  options.terminal = terminal;
  return recorder::record_run(options);
}

lines texts(const recorder::Run& what) {
  lines all;
  for (const auto& line : what.lines) all.push_back(line.text);
  return all;
}

lines texts_of(const recorder::Run& what, const std::string& stream) {
  lines all;
  for (const auto& line : what.lines)
    if (line.stream == stream) all.push_back(line.text);
  return all;
}

lines streams(const recorder::Run& what) {
  lines all;
  for (const auto& line : what.lines) all.push_back(line.stream);
  return all;
}

/// Whether a process with this pid exists, dead ones aside.
bool lives(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("State:")) return line.find('Z') == std::string::npos;
  return false;
}

std::size_t open_files() {
  const std::filesystem::directory_iterator files("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

}  // namespace

TEST_CASE("A program runs on a terminal or through pipes", "[record_run]") {
  const std::string script =
      "test -t 0 && echo in; test -t 1 && echo out; test -t 2 && echo err; echo end";
  CHECK(texts(shell(script, true)) == lines{"in", "out", "err", "end"});
  CHECK(texts(shell(script, false)) == lines{"end"});
}

TEST_CASE("Lines keep their order and their stream", "[record_run]") {
  const std::string code = R"(
import os
for i in range(1, 5): os.write(2 - i % 2, b'%d\n' % i)
os.write(1, b'5')
)";
  for (const bool terminal : {true, false}) {
    const auto what = python(code, terminal);
    if (what.writers_note.empty()) {
      CHECK(texts(what) == lines{"1", "2", "3", "4", "5"});
      CHECK(streams(what) == lines{"stdout", "stderr", "stdout", "stderr", "stdout"});
    } else if (terminal) {
      CHECK(texts(what) == lines{"1", "2", "3", "4", "5"});
    } else {  // two pipes, of which nothing tells which was written to first
      CHECK(texts_of(what, "stdout") == lines{"1", "3", "5"});
      CHECK(texts_of(what, "stderr") == lines{"2", "4"});
    }
    for (std::size_t i = 1; i < what.lines.size(); ++i)
      CHECK(what.lines[i - 1].time <= what.lines[i].time);
    CHECK(what.lines.back().time <= what.wall_seconds);
  }
}

TEST_CASE("A redirected stream is where it comes out", "[record_run]") {
  // A shell's own `>&2` writes to descriptor 1, which is standard error by then.
  const auto what = shell("echo 1; echo 2 >&2; echo 3", false);
  CHECK(texts_of(what, "stdout") == lines{"1", "3"});
  CHECK(texts_of(what, "stderr") == lines{"2"});
  if (what.writers_note.empty()) CHECK(texts(what) == lines{"1", "2", "3"});
}

TEST_CASE("All of a large output is kept", "[record_run]") {
  for (const bool terminal : {true, false}) {
    const auto what = shell("seq 1 100000", terminal);
    REQUIRE(what.lines.size() == 100'000);
    bool all_right = true;
    for (std::size_t i = 0; i < what.lines.size(); ++i)
      all_right = all_right && what.lines[i].text == std::to_string(i + 1);
    CHECK(all_right);
  }
}

TEST_CASE("A run's end is told: exit status, signal", "[record_run]") {
  CHECK(shell("exit 3").exit_status == 3);
  CHECK(shell("exit 0").exit_status == 0);
  const auto killed = shell("kill -TERM $$");
  CHECK(killed.exit_status == std::nullopt);
  CHECK(killed.signal == SIGTERM);
}

TEST_CASE("A program that hangs is ended with all that it started", "[record_run]") {
  const auto what = shell(
      "sleep 100 & echo $!; (setsid sleep 100 & echo $!); trap '' TERM; sleep 100",
      true, 0.5);
  CHECK(what.timed_out);
  CHECK(what.wall_seconds < 10);
  REQUIRE(what.lines.size() == 2);
  for (const auto& line : what.lines) CHECK_FALSE(lives(std::stoi(line.text)));
  CHECK(recorder::judge_end(what, 0).find("time limit") != std::string::npos);
}

TEST_CASE("A process that outlives the program is named and ended", "[record_run]") {
  const auto what = shell("sleep 100 >/dev/null 2>&1 & echo $!");
  REQUIRE(what.left_behind == lines{"sleep"});
  CHECK_FALSE(lives(std::stoi(what.lines.at(0).text)));
  CHECK(recorder::judge_end(what, 0).find("left 1 process(es) running: sleep") !=
        std::string::npos);
  // One that ends soon after it is not.
  CHECK(shell("sleep 0.2 &").left_behind.empty());
}

TEST_CASE("A process that waits for a core when the program ends is not left behind",
          "[record_run]") {
  // All on one core, where they wait for each other: each needs a fifth of the grace to
  // end, and together they need more than it is.
  const auto what = python(R"(
import os, time
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
ready, tell = os.pipe()
for _ in range(10):
    if os.fork() == 0:
        os.write(tell, b'.')
        while time.process_time() < 0.2: pass
        os._exit(0)
for _ in range(10): os.read(ready, 1)
os._exit(0)
)");
  CHECK(what.exit_status == 0);
  CHECK(what.left_behind.empty());
}

TEST_CASE("A process that keeps a core busy is left behind all the same",
          "[record_run]") {
  const auto what = shell("(exec sh -c 'while :; do :; done') >/dev/null 2>&1 &");
  CHECK(what.left_behind == lines{"sh"});
}

TEST_CASE("How long threads waited for a core is told", "[record_run]") {
  // Four that need a quarter of a second each, on one core.
  const auto busy = python(R"(
import os, time
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
for _ in range(4):
    if os.fork() == 0:
        while time.process_time() < 0.25: pass
        os._exit(0)
for _ in range(4): os.wait()
)");
  CHECK(busy.waited_seconds > 0.75);
}

TEST_CASE("The writer of each line is known", "[record_run]") {
  for (const bool terminal : {true, false}) {
    const auto what = shell("echo one; (echo two; exit 0); echo three", terminal);
    if (!what.writers_note.empty()) {
      // A kernel that refuses: then no writer may be made up.
      for (const auto& line : what.lines) CHECK_FALSE(line.thread);
      continue;
    }
    REQUIRE(texts(what) == lines{"one", "two", "three"});
    CHECK(what.lines[0].thread == what.lines[2].thread);
    CHECK(what.lines[0].thread != what.lines[1].thread);
    const auto& child = what.threads.at(*what.lines[1].thread);
    CHECK(child.parent == what.threads.at(0).pid);
    CHECK(child.pid == child.tid);
  }
}

TEST_CASE("Each thread has its lane, from its start to its end", "[record_run]") {
  const auto what = probe(1, 5);
  CHECK(what.exit_status == 0);
  // Of its own process: a sanitizer may start another one to look for leaks.
  std::vector<recorder::Thread> sleepers;
  for (const auto& of : what.threads)
    if (of.pid == what.threads[0].pid && of.tid != of.pid) sleepers.push_back(of);
#if defined(__SANITIZE_THREAD__)
  CHECK(sleepers.size() == 6);  // ThreadSanitizer has one of its own
#else
  CHECK(sleepers.size() == 5);
#endif
  for (const auto& sleeper : sleepers) {
    // It sleeps one second.
    CHECK(sleeper.end - sleeper.start > 0.9);
    CHECK(sleeper.cpu_seconds < 0.1);
    CHECK(sleeper.end <= what.wall_seconds);
  }
}

TEST_CASE("All that a program starts is listed, however soon it ends", "[record_run]") {
  recorder::RunOptions options;
  for (const char* how :
       {"end", "are killed", "crash", "leave a child", "vfork", "threads"})
    for (const bool terminal : {true, false}) {
      INFO(how);
      options.command = {SHORT_LIVED, how};
      options.terminal = terminal;
      const auto what = recorder::record_run(options);
      if (!what.writers_note.empty()) continue;  // a kernel that does not report it
      std::multiset<std::string> listed;
      for (const auto& of : what.threads) {
        const int starter = of.tid == of.pid ? of.parent : of.pid;
        if (starter != 0)
          listed.insert(std::to_string(starter) + " " + std::to_string(of.tid));
      }
      const auto printed = texts(what);
      CHECK(printed.size() >= 20);
      CHECK(listed == std::multiset<std::string>(printed.begin(), printed.end()));
    }
}

TEST_CASE("A busy thread is seen on its core, a sleeping one is not", "[record_run]") {
  const auto busy = shell("i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done");
  const auto asleep = shell("sleep 0.3");
  const double busy_share = busy.threads.at(0).cpu_seconds / busy.wall_seconds;
  const double asleep_share = asleep.threads.at(0).cpu_seconds / asleep.wall_seconds;
  // Where the machine has other work, the thread waits for a core.
  CHECK(busy_share + busy.threads[0].runnable_seconds / busy.wall_seconds > 0.5);
  CHECK(asleep_share < 0.3);
  CHECK(busy.user_seconds > asleep.user_seconds);
  for (const auto& [begin, end, cpu, runnable] : busy.threads[0].spans) {
    CHECK(begin <= end);
    CHECK(end <= busy.wall_seconds + 0.1);
  }
}

TEST_CASE("Peak memory is the program's own", "[record_run]") {
  const auto small = shell("exit 0");
  const auto large = shell("exec head -c 60000000 /dev/zero | tail -n 1 | wc -c");
  CHECK(small.peak_memory_bytes > 100'000);
  CHECK(small.peak_memory_bytes < 30'000'000);
  CHECK(large.peak_memory_bytes > 50'000'000);
}

TEST_CASE("A program finds a fixed environment and an empty directory",
          "[record_run]") {
  setenv("BOOK_TEST_VARIABLE", "1", 1);
  CHECK(
      texts(shell("echo \"[$BOOK_TEST_VARIABLE]\"; ls -A; pwd | grep -c recorder-")) ==
      lines{"[]", "1"});
  unsetenv("BOOK_TEST_VARIABLE");
  std::string where = shell("touch left; pwd").lines.at(0).text;
  CHECK_FALSE(std::filesystem::exists(where));
}

TEST_CASE("A program that can't be started is an error that names it", "[record_run]") {
  recorder::RunOptions options;
  options.command = {"/no/such/program"};
  CHECK_THROWS_WITH(recorder::record_run(options),
                    Catch::Matchers::ContainsSubstring("/no/such/program"));
}

TEST_CASE("A hundred runs leak no descriptor and no process", "[record_run]") {
  shell("exit 0");
  const std::size_t before = open_files();
  for (int i = 0; i < 100; ++i) shell("exit 0", i % 2 == 0);
  CHECK(open_files() == before);
  CHECK(waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("A recorder that is asked to end takes the program with it", "[record_run]") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t recording = fork();
  REQUIRE(recording >= 0);
  if (recording == 0) {
    close(ends[0]);
    dup2(ends[1], 9);
    try {
      // The program tells its pid through a descriptor that the recorder leaves alone.
      shell("echo $$ >&9; sleep 100");
    } catch (const recorder::Interrupted& by) {
      _exit(by.signal);
    }
    _exit(99);
  }
  close(ends[1]);
  char text[32]{};
  REQUIRE(read(ends[0], text, sizeof text - 1) > 0);
  close(ends[0]);
  kill(recording, SIGTERM);
  int status = 0;
  waitpid(recording, &status, 0);
  CHECK(WEXITSTATUS(status) == SIGTERM);
  CHECK_FALSE(lives(std::stoi(text)));
}
