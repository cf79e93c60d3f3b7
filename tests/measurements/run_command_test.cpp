#include "measurements/run_command.hpp"

#include <sys/wait.h>

#include <chrono>
#include <stdexcept>
#include <system_error>

#include "measurements/figure.hpp"
#include "tests/captured_output.hpp"
#include "tests/catch.hpp"

using Catch::Matchers::ContainsSubstring;

using namespace measurements;

namespace {

Cost run_shell(const std::string& script) {
  return run_command({"/bin/sh", "-c", script});
}

}  // namespace

TEST_CASE("a command's output and cost are known") {
  const Cost cost = run_shell("echo one; echo two");
  CHECK(cost.output == "one\ntwo\n");
  CHECK(cost.wall_seconds > 0);
  CHECK(cost.memory_bytes > 0);
}

TEST_CASE("much output on both streams does not block a command") {
  const Cost cost = run_shell(
      "i=0; while [ $i -lt 20000 ]; do echo 'a line of output'; i=$((i + 1)); done");
  CHECK(cost.output.size() == std::size_t{20'000} * 17);
}

TEST_CASE("words reach a command as they are") {
  CHECK(run_command({"/bin/echo", "a b", "it's", "$HOME"}).output ==
        "a b it's $HOME\n");
}

TEST_CASE("a command that fails is a bug") {
  CHECK_THROWS_AS(run_shell("exit 3"), std::runtime_error);
  CHECK_THROWS_WITH(run_shell("exit 3"), ContainsSubstring("/bin/sh -c exit 3 failed"));
  CHECK_THROWS_AS(run_shell("kill -SEGV $$"), std::runtime_error);
  try {
    run_shell("exit 1");
    FAIL("it has not failed");
  } catch (const std::exception& error) {
    CHECK_FALSE(reason_of(error).has_value());
  }
}

TEST_CASE("an exit code that says that the work was done is no failure") {
  CHECK(run_command({"/bin/sh", "-c", "echo made; exit 1"}, {0, 1}).output == "made\n");
}

TEST_CASE("a command that a limit ends is not measured") {
  CHECK_THROWS_AS(run_shell("echo 'fork: Cannot allocate memory' >&2; exit 1"),
                  NotMeasured);
  CHECK_THROWS_WITH(
      run_shell("printf 'one\\ntwo\\nthree: Too many open files\\n' >&2; exit 1"),
      "three: Too many open files");
  CHECK_THROWS_WITH(run_shell("kill -KILL $$"),
                    ContainsSubstring("as the kernel does where memory runs out"));
}

TEST_CASE("a command that does not end is ended, and not measured") {
  // The second one is still there when both of its streams are closed.
  for (const char* script : {"exec sleep 1000", "exec >&- 2>&-; exec sleep 1000"}) {
    CAPTURE(script);
    CHECK_THROWS_WITH(
        run_command({"/bin/sh", "-c", script}, {0}, std::chrono::seconds(1)),
        "/bin/sh had not ended after 1 s");
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);  // nothing is left
  }
}

TEST_CASE("a command that cannot be started is a bug") {
  CHECK_THROWS_AS(run_command({"/nowhere/at/all"}), std::system_error);
}
