// What of the machine this process may use.
#include "recorder/resources.hpp"

#include <sched.h>

#include <string>

#include "tests/catch.hpp"
#include "tests/recorder/fake_machine.hpp"

TEST_CASE("Cores are those that the process may run on", "[resources]") {
  cpu_set_t before;
  REQUIRE(sched_getaffinity(0, sizeof before, &before) == 0);
  CHECK(recorder::usable_cores({}) == static_cast<std::size_t>(CPU_COUNT(&before)));
  cpu_set_t one;
  CPU_ZERO(&one);
  for (std::size_t core = 0; core < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++core)
    if (CPU_ISSET(core, &before)) CPU_SET(core, &one);
  REQUIRE(sched_setaffinity(0, sizeof one, &one) == 0);
  CHECK(recorder::usable_cores({}) == 1);
  CHECK(recorder::usable_cores({.cores = 8.0, .memory_bytes = {}}) == 1);
  REQUIRE(sched_setaffinity(0, sizeof before, &before) == 0);
  CHECK(recorder::usable_cores({.cores = 0.01, .memory_bytes = {}}) == 1);
}

TEST_CASE("Cores that are threads of one core are found", "[resources]") {
  const auto with = [](const std::string& first, const std::string& second) {
    const std::string cpu = "sys/devices/system/cpu/cpu";
    const std::string of_first = cpu + "0/topology/thread_siblings_list";
    const std::string of_second = cpu + "1/topology/thread_siblings_list";
    const FakeMachine here({{of_first, first},
                            {of_second, second},
                            {"sys/devices/system/cpu/online", "0-1"}});
    return recorder::share_a_core(here.path);
  };
  CHECK_FALSE(with("0", "1"));
  CHECK(with("0-1", "0-1"));
  CHECK(with("0,4", "1,5"));
  const FakeMachine hidden({{"proc/self/cgroup", "0::/"}, {"proc/cpuinfo", ""}});
  CHECK_FALSE(recorder::share_a_core(hidden.path));
}
