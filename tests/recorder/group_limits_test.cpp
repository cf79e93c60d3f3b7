// The cores and the memory that control groups leave, in each shape that they have.
#include "recorder/group_limits.hpp"

#include <map>
#include <string>

#include "recorder/resources.hpp"
#include "tests/catch.hpp"
#include "tests/recorder/fake_machine.hpp"

namespace {

const char* const mount_v2 =
    "30 24 0:26 / /sys/fs/cgroup rw,relatime shared:9 - cgroup2 cgroup2 rw";
const char* const mount_v1 =
    "31 24 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    "32 24 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory";

}  // namespace

TEST_CASE("The quota and the memory of a group of version 2", "[group_limits]") {
  const FakeMachine here({{"proc/self/cgroup", "0::/user/build"},
                          {"proc/self/mountinfo", mount_v2},
                          {"sys/fs/cgroup/user/build/cpu.max", "33000 100000"},
                          {"sys/fs/cgroup/user/build/memory.max", "4000000000"}});
  const auto limits = recorder::limits_of_groups(here.path);
  CHECK(limits.cores.value() == 0.33);
  CHECK(limits.memory_bytes.value() == 4'000'000'000);
  CHECK(recorder::usable_cores(limits) == 1);
  CHECK(recorder::usable_memory_bytes(limits) <= 4'000'000'000);
}

TEST_CASE("The tightest of all groups above counts", "[group_limits]") {
  const FakeMachine here({{"proc/self/cgroup", "0::/a/b"},
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

TEST_CASE("The quota and the memory of a group of version 1", "[group_limits]") {
  const FakeMachine here(
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

TEST_CASE("A container that sees its own group at the top", "[group_limits]") {
  // The path is the host's, and the mount shows what is below it.
  const FakeMachine here(
      {{"proc/self/cgroup", "2:cpu:/docker/12"},
       {"proc/self/mountinfo",
        "31 24 0:27 /docker/12 /sys/fs/cgroup/my\\040cpu ro - cgroup cgroup rw,cpu"},
       {"sys/fs/cgroup/my cpu/cpu.cfs_quota_us", "50000"},
       {"sys/fs/cgroup/my cpu/cpu.cfs_period_us", "100000"}});
  CHECK(recorder::limits_of_groups(here.path).cores.value() == 0.5);
  // Or the group is outside of what is seen.
  const FakeMachine outside({{"proc/self/cgroup", "0::/../other"},
                             {"proc/self/mountinfo", mount_v2},
                             {"sys/fs/cgroup/cpu.max", "100000 100000"}});
  CHECK(recorder::limits_of_groups(outside.path).cores.value() == 1);
}

TEST_CASE("No limit where there is none, or nothing is told", "[group_limits]") {
  const FakeMachine unlimited({{"proc/self/cgroup", "0::/"},
                               {"proc/self/mountinfo", mount_v2},
                               {"sys/fs/cgroup/cpu.max", "max 100000"},
                               {"sys/fs/cgroup/memory.max", "max"}});
  const FakeMachine silent({{"proc/self/cgroup", "garbage\n0::/x"},
                            {"proc/self/mountinfo", "1 2 3\n\n- - -"}});
  const FakeMachine empty({});
  for (const auto& path : {unlimited.path, silent.path, empty.path}) {
    const auto limits = recorder::limits_of_groups(path);
    CHECK_FALSE(limits.cores);
    CHECK_FALSE(limits.memory_bytes);
  }
}
