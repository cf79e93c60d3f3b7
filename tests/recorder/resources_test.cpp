// The cores and the memory that control groups leave, in each shape that they have.
#include "recorder/resources.hpp"

#include <sched.h>

#include <fstream>
#include <map>
#include <string>

#include "tests/catch.hpp"
#include "tests/temporary_directory.hpp"

namespace {

namespace fs = std::filesystem;

/// A machine's `/proc` and `/sys`: files by path.
class machine : public temporary_directory {
 public:
  explicit machine(const std::map<std::string, std::string>& files) {
    for (const auto& [name, content] : files) {
      fs::create_directories((path / name).parent_path());
      std::ofstream(path / name) << content << '\n';
    }
  }
};

const char* const mount_v2 =
    "30 24 0:26 / /sys/fs/cgroup rw,relatime shared:9 - cgroup2 cgroup2 rw";
const char* const mount_v1 =
    "31 24 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    "32 24 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory";

}  // namespace

TEST_CASE("The quota and the memory of a group of version 2", "[resources]") {
  const machine here({{"proc/self/cgroup", "0::/user/build"},
                      {"proc/self/mountinfo", mount_v2},
                      {"sys/fs/cgroup/user/build/cpu.max", "33000 100000"},
                      {"sys/fs/cgroup/user/build/memory.max", "4000000000"}});
  const auto limits = recorder::limits_of_groups(here.path);
  CHECK(limits.cores.value() == 0.33);
  CHECK(limits.memory_bytes.value() == 4'000'000'000);
  CHECK(recorder::usable_cores(limits) == 1);
  CHECK(recorder::usable_memory_bytes(limits) <= 4'000'000'000);
}

TEST_CASE("The tightest of all groups above counts", "[resources]") {
  const machine here({{"proc/self/cgroup", "0::/a/b"},
                      {"proc/self/mountinfo", mount_v2},
                      {"sys/fs/cgroup/cpu.max", "max 100000"},
                      {"sys/fs/cgroup/memory.max", "9000000000"},
                      {"sys/fs/cgroup/a/cpu.max", "150000 100000"},
                      {"sys/fs/cgroup/a/memory.max", "max"},
                      {"sys/fs/cgroup/a/b/cpu.max", "400000 100000"},
                      {"sys/fs/cgroup/a/b/memory.max", "10000000000"}});
  const auto limits = recorder::limits_of_groups(here.path);
  CHECK(limits.cores.value() == 1.5);
  CHECK(limits.memory_bytes.value() == 9'000'000'000);
}

TEST_CASE("The quota and the memory of a group of version 1", "[resources]") {
  const machine here(
      {{"proc/self/cgroup", "4:memory:/job\n3:cpuset:/\n2:cpu,cpuacct:/job\n0::/"},
       {"proc/self/mountinfo", mount_v1},
       {"sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "250000"},
       {"sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000"},
       {"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1"},
       {"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000"},
       {"sys/fs/cgroup/memory/job/memory.limit_in_bytes", "9223372036854771712"},
       {"sys/fs/cgroup/memory/memory.limit_in_bytes", "4000000000"}});
  const auto limits = recorder::limits_of_groups(here.path);
  CHECK(limits.cores.value() == 2.5);
  CHECK(limits.memory_bytes.value() == 4'000'000'000);
}

TEST_CASE("A container that sees its own group at the top", "[resources]") {
  // The path is the host's, and the mount shows what is below it.
  const machine here(
      {{"proc/self/cgroup", "2:cpu:/docker/12"},
       {"proc/self/mountinfo",
        "31 24 0:27 /docker/12 /sys/fs/cgroup/my\\040cpu ro - cgroup cgroup rw,cpu"},
       {"sys/fs/cgroup/my cpu/cpu.cfs_quota_us", "50000"},
       {"sys/fs/cgroup/my cpu/cpu.cfs_period_us", "100000"}});
  CHECK(recorder::limits_of_groups(here.path).cores.value() == 0.5);
  // Or the group is outside of what is seen.
  const machine outside({{"proc/self/cgroup", "0::/../other"},
                         {"proc/self/mountinfo", mount_v2},
                         {"sys/fs/cgroup/cpu.max", "100000 100000"}});
  CHECK(recorder::limits_of_groups(outside.path).cores.value() == 1);
}

TEST_CASE("No limit where there is none, or nothing is told", "[resources]") {
  const machine unlimited({{"proc/self/cgroup", "0::/"},
                           {"proc/self/mountinfo", mount_v2},
                           {"sys/fs/cgroup/cpu.max", "max 100000"},
                           {"sys/fs/cgroup/memory.max", "max"}});
  const machine silent({{"proc/self/cgroup", "garbage\n0::/x"},
                        {"proc/self/mountinfo", "1 2 3\n\n- - -"}});
  const machine empty({});
  for (const auto& path : {unlimited.path, silent.path, empty.path}) {
    const auto limits = recorder::limits_of_groups(path);
    CHECK_FALSE(limits.cores);
    CHECK_FALSE(limits.memory_bytes);
  }
}

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
    const machine here({{cpu + "0/topology/thread_siblings_list", first},
                        {cpu + "1/topology/thread_siblings_list", second},
                        {"sys/devices/system/cpu/online", "0-1"}});
    return recorder::share_a_core(here.path);
  };
  CHECK_FALSE(with("0", "1"));
  CHECK(with("0-1", "0-1"));
  CHECK(with("0,4", "1,5"));
  const machine hidden({{"proc/self/cgroup", "0::/"}, {"proc/cpuinfo", ""}});
  CHECK_FALSE(recorder::share_a_core(hidden.path));
}
