#include "program/run_command.hpp"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "program/file_descriptor.hpp"
#include "tests/catch.hpp"
#include "tests/program/closed_standard_descriptors.hpp"

namespace {

using namespace std::chrono_literals;
using program::CommandResult;
using program::run_command;

CommandResult run_shell(const std::string& script,
                        std::chrono::milliseconds timeout = 1min) {
  return run_command(
      {"/bin/sh", "-c", script},
      {.timeout = timeout, .environment = program::environment_without({})});
}

}  // namespace

TEST_CASE("Words reach a command as they are", "[run_command]") {
  const CommandResult printed =
      run_command({"printf", "%s|", "a b", "c'; echo d", "$HOME", "\n"}, {});
  CHECK(printed.output == "a b|c'; echo d|$HOME|\n|");
  CHECK(printed.exit_code == 0);
  CHECK(printed.wall_seconds > 0);
  CHECK(printed.peak_memory_bytes > 0);
  CHECK_FALSE(printed.timed_out);
}

TEST_CASE("A command's outputs are taken apart, and its end is told", "[run_command]") {
  const CommandResult both = run_shell("echo one; echo two >&2; exit 3");
  CHECK(both.output == "one\n");
  CHECK(both.error == "two\n");
  CHECK(both.exit_code == 3);
  CHECK(run_shell("kill -TERM $$").exit_code == -SIGTERM);
}

TEST_CASE("CPU time and memory are those of a command and its children",
          "[run_command]") {
  const CommandResult idle = run_shell("exit 0");
  const CommandResult busy =
      run_shell("sh -c 'i=0; while [ $i -lt 200000 ]; do i=$((i + 1)); done'; exit 0");
  CHECK(busy.cpu_seconds > idle.cpu_seconds);
  CHECK(busy.cpu_seconds > 0.01);
}

TEST_CASE("Much output on both streams does not block a command", "[run_command]") {
  const CommandResult much = run_shell("seq 1 50000 >&2; seq 1 50000");
  CHECK(much.output.size() == 288'894);
  CHECK(much.error.size() == 288'894);
  CHECK_FALSE(much.is_truncated);
}

TEST_CASE("Of too much output the beginning is kept, and the command ends as ever",
          "[run_command]") {
  const CommandResult cut = run_command(
      {"/bin/sh", "-c", "printf 123; printf 4567890 >&2; seq 1 50000; exit 4"},
      {.max_output_bytes = 5, .environment = program::environment_without({})});
  CHECK(cut.output == "1231\n");
  CHECK(cut.error == "45678");
  CHECK(cut.is_truncated);
  CHECK(cut.exit_code == 4);
}

TEST_CASE("A command that does not end is ended", "[run_command]") {
  // The second is still there when both of its outputs are closed; the third writes for
  // ever; the fourth has ended, and what it left keeps the outputs open.
  const char* const script =
      GENERATE("exec sleep 1000", "exec >&- 2>&-; exec sleep 1000", "exec yes",
               "sleep 20 & exit 0");
  CAPTURE(script);
  const auto before = std::chrono::steady_clock::now();
  const CommandResult result = run_shell(script, 500ms);
  CHECK(result.timed_out);
  CHECK(std::chrono::steady_clock::now() - before < 15s);
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);  // no child is left
}

TEST_CASE("A command that can't be started is an error", "[run_command]") {
  const auto code_of = [](const std::string& name) {
    try {
      (void)run_command({name}, {});
    } catch (const std::system_error& error) {
      return error.code();
    }
    return std::error_code();
  };
  CHECK(code_of("/nowhere/at/all") == std::errc::no_such_file_or_directory);
  CHECK(code_of("no-such-program") == std::errc::no_such_file_or_directory);
  CHECK(code_of("/etc/passwd") == std::errc::permission_denied);
  CHECK_THROWS_AS(run_command({}, {}), std::invalid_argument);
}

TEST_CASE("A command has the environment that it is given", "[run_command]") {
  CHECK(run_command({"/usr/bin/env"}, {.environment = {"A=1", "B=two words"}}).output ==
        "A=1\nB=two words\n");
  ::setenv("PROGRAM_TEST_A", "1", 1);
  ::setenv("PROGRAM_TEST_AB", "2", 1);
  const auto kept = program::environment_without({"PROGRAM_TEST_A="});
  ::unsetenv("PROGRAM_TEST_A");
  ::unsetenv("PROGRAM_TEST_AB");
  CHECK(std::count(kept.begin(), kept.end(), "PROGRAM_TEST_AB=2") == 1);
  CHECK(std::count(kept.begin(), kept.end(), "PROGRAM_TEST_A=1") == 0);
}

TEST_CASE("A command ignores no signal and reads no input", "[run_command]") {
  const auto before = ::signal(SIGTERM, SIG_IGN);
  CHECK(run_shell("cat; kill -TERM $$; echo ignored").exit_code == -SIGTERM);
  ::signal(SIGTERM, before);
}

TEST_CASE("A command's output comes, though the standard descriptors are closed",
          "[run_command]") {
  CHECK(succeeds_with_closed_descriptors([] {
    const CommandResult both = run_shell("echo one; echo two >&2");
    return both.output == "one\n" && both.error == "two\n";
  }));
}

TEST_CASE("No descriptor is left", "[run_command]") {
  const int before = program::make_pipe().reader.get();
  (void)run_shell("exit 0");
  CHECK_THROWS(run_command({"no-such-program"}, {}));
  CHECK(program::make_pipe().reader.get() == before);
}
