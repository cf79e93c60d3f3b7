#include "program/control_groups.hpp"

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/temporary_directory.hpp"

namespace {

namespace fs = std::filesystem;

const std::string v1 =
    "31 24 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    "32 24 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";
const std::string v2 = "41 31 0:38 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw\n";

/// The directories of all groups, below a root that has these two files.
std::vector<std::string> directories(const std::string& controller,
                                     const std::string& group,
                                     const std::string& mounts) {
  const TestDirectory root;
  fs::create_directories(root.path / "proc/self");
  std::ofstream(root.path / "proc/self/cgroup") << group;
  if (!mounts.empty()) std::ofstream(root.path / "proc/self/mountinfo") << mounts;
  std::vector<std::string> all;
  for (const auto& groups : program::control_groups(controller, root.path))
    for (const auto& directory : groups.directories)
      all.push_back((groups.is_outside ? "outside " : "") +
                    directory.lexically_relative(root.path).string());
  return all;
}

using Directories = std::vector<std::string>;

}  // namespace

TEST_CASE("The groups of version 2, from a process's own to the top",
          "[control_groups]") {
  CHECK(directories("cpu", "0::/a/b\n", v2) ==
        Directories{"sys/fs/cgroup/a/b", "sys/fs/cgroup/a", "sys/fs/cgroup"});
  CHECK(directories("cpu", "0::/\n", v2) == Directories{"sys/fs/cgroup"});
}

TEST_CASE("The groups of version 1 are those of the controller", "[control_groups]") {
  const std::string groups = "5:memory:/m\n4:cpu,cpuacct:/c\n1:name=systemd:/s\n";
  CHECK(directories("cpu", groups, v1) ==
        Directories{"sys/fs/cgroup/cpu,cpuacct/c", "sys/fs/cgroup/cpu,cpuacct"});
  CHECK(directories("memory", groups, v1) ==
        Directories{"sys/fs/cgroup/memory/m", "sys/fs/cgroup/memory"});
  CHECK(directories("acct", groups, v1).empty());
  CHECK(directories("pids", groups, v1).empty());
}

TEST_CASE("Both versions may be in use", "[control_groups]") {
  CHECK(directories("memory", "5:memory:/m\n0::/u\n", v1 + v2) ==
        Directories{"sys/fs/cgroup/memory/m", "sys/fs/cgroup/memory", "sys/fs/cgroup/u",
                    "sys/fs/cgroup"});
}

TEST_CASE("A mount may show a part of the groups", "[control_groups]") {
  const std::string part =
      "3 2 0:9 /docker/x /my\\040groups\\134of ro - cgroup cgroup rw,cpu\n";
  CHECK(directories("cpu", "2:cpu:/docker/x/y\n", part) ==
        Directories{"my groups\\of/y", "my groups\\of"});
  CHECK(directories("cpu", "2:cpu:/docker/xx\n", part) ==
        Directories{"outside my groups\\of"});
  CHECK(directories("cpu", "0::/../x\n", v2) == Directories{"outside sys/fs/cgroup"});
}

TEST_CASE("Where no mounts are told, the usual places are looked at",
          "[control_groups]") {
  CHECK(directories("pids", "8:pids:/a\n", "") ==
        Directories{"sys/fs/cgroup/pids/a", "sys/fs/cgroup/pids"});
  CHECK(directories("cpu", "0::/\n", "").size() == 2);
}

TEST_CASE("What can't be understood is no group", "[control_groups]") {
  CHECK(directories("cpu", "garbage\n0::/x\n", "1 2 3\n\n- - -\n").empty());
  CHECK(directories("cpu", "", v2).empty());
  CHECK(directories("cpu", "0::/\n", "rubbish \\9 \\\n").empty());
}
