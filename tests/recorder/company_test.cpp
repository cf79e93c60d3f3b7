// Runs beside others and runs alone: who waits for whom.
#include "recorder/company.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "tests/catch.hpp"

namespace {

using recorder::Company;
using recorder::KeptCompany;
using std::chrono::seconds;

/// A process that keeps a run's company, says so with a letter, and goes on keeping it
/// until it is killed, or this process ends; where it is to `leave`, it ends at once.
pid_t neighbour(Company what, int out, char letter, bool leave = false) {
  const pid_t pid = fork();
  REQUIRE(pid >= 0);
  if (pid > 0) return pid;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const KeptCompany kept(what);
  if (write(out, &letter, 1) != 1) _exit(1);
  while (!leave) pause();
  _exit(0);
}

void end(pid_t neighbour) {
  kill(neighbour, SIGKILL);
  waitpid(neighbour, nullptr, 0);
}

/// Waits for so many letters.
std::string letters(int in, std::size_t count) {
  std::string all(count, ' ');
  for (std::size_t i = 0; i < count; ++i) REQUIRE(read(in, &all[i], 1) == 1);
  return all;
}

}  // namespace

// One test case: two processes of this executable would keep each other's company.
TEST_CASE("Runs keep each other's company, or are made alone", "[company]") {
  SECTION("nothing is made beside a run that is alone") {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t other = neighbour(Company::others, ends[1], 'o');
    letters(ends[0], 1);
    {
      const KeptCompany beside(Company::others);
    }
    CHECK_THROWS_WITH(KeptCompany(Company::nobody, seconds(0)),
                      Catch::Matchers::ContainsSubstring("no run could be made alone"));
    end(other);  // one that is killed keeps nobody waiting
    {
      const KeptCompany alone(Company::nobody);
    }

    const pid_t alone = neighbour(Company::nobody, ends[1], 'a');
    letters(ends[0], 1);
    CHECK_THROWS(KeptCompany(Company::nobody, seconds(0)));
    // That wait has an end, too, but what it would disturb is made again.
    {
      const KeptCompany beside(Company::others, seconds(0));
    }
    end(alone);
    close(ends[0]);
    close(ends[1]);
  }

  SECTION("who waits to be alone comes before others that come later") {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t first = neighbour(Company::others, ends[1], 'f');
    letters(ends[0], 1);
    const pid_t alone = neighbour(Company::nobody, ends[1], 'a', true);
    // It waits at the entrance, which is the executable's directory.
    const auto executable = std::filesystem::read_symlink("/proc/self/exe");
    const int entrance = open(executable.parent_path().c_str(), O_RDONLY | O_CLOEXEC);
    REQUIRE(entrance >= 0);
    while (flock(entrance, LOCK_EX | LOCK_NB) == 0) {
      flock(entrance, LOCK_UN);
      sched_yield();
    }
    close(entrance);
    const pid_t later = neighbour(Company::others, ends[1], 'l');
    end(first);
    CHECK(letters(ends[0], 2) == "al");
    waitpid(alone, nullptr, 0);
    end(later);
    close(ends[0]);
    close(ends[1]);
  }
}
