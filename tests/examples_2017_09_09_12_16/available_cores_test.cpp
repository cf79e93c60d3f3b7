#include "examples_2017_09_09_12_16/available_cores.hpp"

#include <sched.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>

#include "tests/catch.hpp"
#include "tests/temporary_directory.hpp"

namespace {

const std::string proc = "proc/self/";
const std::string v1 = "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n";
const std::string v2 = "41 31 0:38 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw\n";

// Another system's files, by their paths.
class Machine {
 public:
  explicit Machine(const std::map<std::string, std::string>& files) {
    for (const auto& [name, text] : files) {
      const std::filesystem::path path = root() / name;
      std::filesystem::create_directories(path.parent_path());
      std::ofstream(path) << text;
    }
  }
  const std::filesystem::path& root() const { return directory_.path; }

 private:
  TestDirectory directory_;
};

std::optional<double> quota(const std::map<std::string, std::string>& files) {
  return cpu_quota(Machine(files).root());
}

// Lets this thread use one of its cores.
class OneCore {
 public:
  OneCore() {
    REQUIRE(::sched_getaffinity(0, sizeof before_, &before_) == 0);
    int core = 0;
    while (!CPU_ISSET(core, &before_)) ++core;
    ::cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    REQUIRE(::sched_setaffinity(0, sizeof one, &one) == 0);
  }
  OneCore(const OneCore&) = delete;
  OneCore& operator=(const OneCore&) = delete;
  ~OneCore() { ::sched_setaffinity(0, sizeof before_, &before_); }

  int before() const { return CPU_COUNT(&before_); }

 private:
  ::cpu_set_t before_;
};

}  // namespace

TEST_CASE("without control groups there is no quota", "[available_cores]") {
  CHECK(quota({}) == std::nullopt);
  CHECK(quota({{proc + "cgroup", "0::/\n"}, {proc + "mountinfo", v2}}) == std::nullopt);
  CHECK(quota({{proc + "cgroup", "0::/\n"}, {proc + "mountinfo", "rubbish\n"}}) ==
        std::nullopt);
}

TEST_CASE("the smallest quota on the way up counts, in the second version",
          "[available_cores]") {
  std::map<std::string, std::string> files = {
      {proc + "cgroup", "0::/a/b\n"},
      {proc + "mountinfo", v2},
      {"sys/fs/cgroup/a/b/cpu.max", "max 100000\n"},
  };
  CHECK(quota(files) == std::nullopt);
  files["sys/fs/cgroup/a/cpu.max"] = "150000 100000\n";
  CHECK(quota(files) == 1.5);
  files["sys/fs/cgroup/a/b/cpu.max"] = "25000 50000\n";
  CHECK(quota(files) == 0.5);
  files["sys/fs/cgroup/cpu.max"] = "1000 100000\n";
  CHECK(quota(files) == 0.01);
  files["sys/fs/cgroup/a/b/c/cpu.max"] = "1000 1000000\n";  // not on the way
  CHECK(quota(files) == 0.01);
}

TEST_CASE("the smallest quota on the way up counts, in the first version",
          "[available_cores]") {
  std::map<std::string, std::string> files = {
      {proc + "cgroup", "5:memory:/m\n4:cpu,cpuacct:/a/b\n1:name=systemd:/s\n0::/u\n"},
      {proc + "mountinfo", v1 + v2},
      {"sys/fs/cgroup/cpu/a/b/cpu.cfs_quota_us", "-1\n"},
      {"sys/fs/cgroup/cpu/a/b/cpu.cfs_period_us", "100000\n"},
  };
  CHECK(quota(files) == std::nullopt);
  files["sys/fs/cgroup/cpu/a/cpu.cfs_quota_us"] = "50000\n";
  CHECK(quota(files) == std::nullopt);  // of how long a period?
  files["sys/fs/cgroup/cpu/a/cpu.cfs_period_us"] = "200000\n";
  CHECK(quota(files) == 0.25);
  files["sys/fs/cgroup/u/cpu.max"] = "10000 100000\n";  // both are in use
  CHECK(quota(files) == 0.1);
}

TEST_CASE("another controller's group is not the CPU's", "[available_cores]") {
  std::map<std::string, std::string> files = {
      {proc + "cgroup", "3:cpuset,cpuacct:/a\n"},
      {proc + "mountinfo", v1},
      {"sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "10000\n"},
      {"sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n"},
  };
  CHECK(quota(files) == std::nullopt);
  files[proc + "cgroup"] = "3:cpuset,cpu:/a\n";
  CHECK(quota(files) == 0.1);
  files[proc + "mountinfo"] =
      "3 2 0:9 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpuacct\n";
  CHECK(quota(files) == std::nullopt);
}

TEST_CASE("in a container the mount point can be the container's own group",
          "[available_cores]") {
  std::map<std::string, std::string> files = {
      {proc + "cgroup", "2:cpu:/docker/x/y\n"},
      {proc + "mountinfo",
       "3 2 0:9 /docker/x /cgroup\\040of\\134cpu ro - cgroup cgroup rw,cpu\n"},
      {"cgroup of\\cpu/cpu.cfs_quota_us", "30000\n"},
      {"cgroup of\\cpu/cpu.cfs_period_us", "100000\n"},
  };
  CHECK(quota(files) == 0.3);
  files["cgroup of\\cpu/y/cpu.cfs_quota_us"] = "20000\n";
  files["cgroup of\\cpu/y/cpu.cfs_period_us"] = "100000\n";
  CHECK(quota(files) == 0.2);
  SECTION("a group of another container") {
    files[proc + "cgroup"] = "2:cpu:/docker/xx\n";
    CHECK(quota(files) == std::nullopt);
  }
  SECTION("a group outside of the control group namespace") {
    files[proc + "cgroup"] = "2:cpu:/../x\n";
    files[proc + "mountinfo"] = "3 2 0:9 / /cpu rw - cgroup cgroup rw,cpu\n";
    files["cpu/cpu.cfs_quota_us"] = files["x/cpu.cfs_quota_us"] = "1000\n";
    files["cpu/cpu.cfs_period_us"] = files["x/cpu.cfs_period_us"] = "100000\n";
    CHECK(quota(files) == std::nullopt);
  }
}

TEST_CASE("the affinity mask and the quota both limit the cores", "[available_cores]") {
  const auto with_quota = [](const std::string& quota) {
    return available_cores(Machine({{proc + "cgroup", "0::/\n"},
                                    {proc + "mountinfo", v2},
                                    {"sys/fs/cgroup/cpu.max", quota + " 100000\n"}})
                               .root());
  };
  int all = 0;
  {
    const OneCore one;
    all = one.before();
    CHECK(with_quota("max") == 1);
    CHECK(with_quota("99900000") == 1);
    CHECK(with_quota("1000") == 1);
  }
  CHECK(with_quota("max") == all);
  CHECK(with_quota("99900000") == all);
  CHECK(with_quota("100000") == 1);
  CHECK(with_quota("33000") == 1);  // a third of a core is one that is slow
  if (all >= 2) CHECK(with_quota("100001") == 2);
}
