// Other programs, asked without a shell.
#include "recorder/ask.hpp"

#include <signal.h>
#include <stdlib.h>

#include <string>

#include "tests/catch.hpp"

namespace {

using recorder::ask;

}  // namespace

TEST_CASE("A program's answer is told, and why there is none", "[ask]") {
  const auto printed = ask({"printf", "%s|", "a b", "c'; echo d", "\n"});
  CHECK(printed.output == "a b|c'; echo d|\n|");
  CHECK(printed.failure.empty());

  const auto both = ask({"/bin/sh", "-c", "echo one; echo two >&2; exit 3"});
  CHECK(both.output == "one");
  CHECK(both.error == "two");
  CHECK(both.failure == "/bin/sh ended with exit status 3");

  const auto missing = ask({"no-such-program"});
  CHECK_FALSE(missing.is_installed);
  CHECK(missing.failure.find("no-such-program: ") == 0);

  CHECK(ask({"/bin/sh", "-c", "kill -TERM $$"}).failure ==
        "/bin/sh was ended by signal 15");
  CHECK(ask({"sleep", "1000"}, std::chrono::seconds(1)).failure ==
        "sleep gave no answer within 1 s");
  // One that closes its outputs and goes on is no other.
  CHECK(
      ask({"/bin/sh", "-c", "exec >&- 2>&-; exec sleep 1000"}, std::chrono::seconds(1))
          .failure == "/bin/sh gave no answer within 1 s");
}

TEST_CASE("All of a long answer is read, whichever way it comes", "[ask]") {
  const auto much = ask({"/bin/sh", "-c", "seq 1 50000 >&2; seq 1 50000"});
  CHECK(much.output.size() == 288893);
  CHECK(much.error.size() == 288893);
}

TEST_CASE("A program that is asked speaks English and is led nowhere else", "[ask]") {
  setenv("LANGUAGE", "de", 1);
  setenv("LC_MESSAGES", "de_DE.UTF-8", 1);
  setenv("GIT_DIR", "/elsewhere", 1);
  setenv("PYTHONPATH", "/elsewhere", 1);
  const auto says = ask({"env"});
  for (const char* name : {"LANGUAGE", "LC_MESSAGES", "GIT_DIR", "PYTHONPATH"}) {
    CHECK(says.output.find(std::string(name) + "=") == std::string::npos);
    unsetenv(name);
  }
  CHECK(("\n" + says.output + "\n").find("\nLC_ALL=C\n") != std::string::npos);
  CHECK(says.output.find("PATH=") != std::string::npos);
}

TEST_CASE("A program that is asked ignores no signal and reads no input", "[ask]") {
  const auto before = signal(SIGTERM, SIG_IGN);
  CHECK(ask({"/bin/sh", "-c", "cat; kill -TERM $$; echo ignored"}).failure ==
        "/bin/sh was ended by signal 15");
  signal(SIGTERM, before);
}
