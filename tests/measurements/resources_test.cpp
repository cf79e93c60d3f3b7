#include "measurements/resources.hpp"

#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "measurements/figure.hpp"
#include "tests/catch.hpp"
#include "tests/temporary_directory.hpp"

using Catch::Matchers::ContainsSubstring;

using namespace measurements;

namespace {

constexpr std::uint64_t mb = 1'000'000;

/// A stand-in for a machine's `/proc` and `/sys`.
class Machine {
 public:
  Machine() {
    write("proc/meminfo", "MemTotal: 9000000 kB\nMemAvailable: 8000000 kB\n");
  }

  void write(const std::string& file, const std::string& text) const {
    std::filesystem::create_directories((root() / file).parent_path());
    std::ofstream(root() / file) << text;
  }
  const std::filesystem::path& root() const { return directory_.path; }

 private:
  TestDirectory directory_;
};

}  // namespace

TEST_CASE("without a limit, what the kernel says is available is available") {
  const Machine machine;
  CHECK(available_memory(machine.root()) == 8'000'000 * 1024ull);
}

TEST_CASE("control groups of version 2 limit the memory, and those above them") {
  const Machine machine;
  machine.write("proc/self/cgroup", "0::/outer/inner\n");
  machine.write("sys/fs/cgroup/outer/inner/memory.max", "max\n");
  machine.write("sys/fs/cgroup/outer/memory.max", "4000000000\n");
  machine.write("sys/fs/cgroup/outer/memory.current", "1500000000\n");
  machine.write("sys/fs/cgroup/outer/memory.stat",
                "anon 100\ninactive_file 400000000\nactive_file 100000000\n");
  CHECK(available_memory(machine.root()) == 3'000 * mb);
}

TEST_CASE("control groups of version 1 limit the memory") {
  const Machine machine;
  machine.write("proc/self/cgroup", "4:cpu,cpuacct:/x\n3:memory:/x\n0::/\n");
  machine.write("sys/fs/cgroup/memory/x/memory.limit_in_bytes", "2000000000\n");
  machine.write("sys/fs/cgroup/memory/x/memory.usage_in_bytes", "500000000\n");
  CHECK(available_memory(machine.root()) == 1'500 * mb);
}

TEST_CASE("in a container the topmost group is the one that counts") {
  const Machine machine;
  machine.write("proc/self/cgroup", "3:memory:/a/path/of/the/host\n");
  machine.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "2000000000\n");
  CHECK(available_memory(machine.root()) == 2'000 * mb);
}

TEST_CASE("a group that has used more than its limit has nothing left") {
  const Machine machine;
  machine.write("proc/self/cgroup", "0::/\n");
  machine.write("sys/fs/cgroup/memory.max", "1000\n");
  machine.write("sys/fs/cgroup/memory.current", "2000\n");
  CHECK(available_memory(machine.root()) == 0);
}

TEST_CASE("a limit of the address space limits the memory") {
  ::rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_AS, &before) == 0);
  const auto limit = static_cast<::rlim_t>(std::uint64_t{1} << 46);
  const Machine machine;
  machine.write("proc/meminfo", "MemAvailable: 99999999999999 kB\n");
  const ::rlimit lowered{limit, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_AS, &lowered) == 0);
  const std::uint64_t available = available_memory(machine.root());
  REQUIRE(::setrlimit(RLIMIT_AS, &before) == 0);
  CHECK(available == limit);
}

TEST_CASE("memory that is not there is not taken, and it is said") {
  CHECK_NOTHROW(need_memory(1));
  CHECK_THROWS_AS(need_memory(1e18), NotMeasured);
  CHECK_THROWS_WITH(
      need_memory(1e18),
      ContainsSubstring("it needs about 1000000000.0 GB of memory, and "));
}

TEST_CASE("processes and threads are limited by the kernel and by control groups") {
  const Machine machine;
  machine.write("proc/sys/kernel/pid_max", "32768\n");
  machine.write("proc/sys/kernel/threads-max", "900\n");
  CHECK(max_kernel_tasks(machine.root()) == 900);
  machine.write("proc/self/cgroup", "8:pids:/\n");
  machine.write("sys/fs/cgroup/pids/pids.max", "500\n");
  machine.write("sys/fs/cgroup/pids/pids.current", "100\n");
  CHECK(max_kernel_tasks(machine.root()) == 400);
}

TEST_CASE("files of the kernel's that are missing or say max have no number") {
  const Machine machine;
  machine.write("limit", "max\n");
  machine.write("number", "42\n");
  CHECK(kernel_number(machine.root() / "limit") == 0);
  CHECK(kernel_number(machine.root() / "missing") == 0);
  CHECK(kernel_number(machine.root() / "number") == 42);
  CHECK(kernel_bytes(machine.root() / "proc/meminfo", "MemTotal") ==
        9'000'000 * 1024ull);
  CHECK(kernel_bytes(machine.root() / "proc/meminfo", "Slab") == 0);
}

TEST_CASE("there is a core to run on") {
  CHECK_FALSE(allowed_cores().empty());
}
