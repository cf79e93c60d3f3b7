#include "program/write_file.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <set>
#include <string>
#include <thread>

#include "program/read_write.hpp"
#include "tests/catch.hpp"
#include "tests/full_disk.hpp"
#include "tests/program/closed_standard_descriptors.hpp"
#include "tests/temporary_directory.hpp"

namespace {

namespace fs = std::filesystem;
using program::read_file;
using program::write_file;

std::set<std::string> names_in(const fs::path& directory) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory))
    names.insert(entry.path().filename());
  return names;
}

}  // namespace

TEST_CASE("A file is written, and replaces one of its name", "[write_file]") {
  const TestDirectory here;
  const fs::path path = here.path / "file";
  for (const std::string& content :
       {std::string(1'000'000, 'x'), std::string("a\0b\r\n\xff", 6), std::string()}) {
    write_file(path, content);
    CHECK(read_file(path) == content);
    CHECK(names_in(here.path) == std::set<std::string>{"file"});
  }
}

TEST_CASE("A file is written into the current directory", "[write_file]") {
  const TestDirectory here;
  const fs::path before = fs::current_path();
  fs::current_path(here.path);
  write_file("file", "text");
  write_file("file", "another");
  fs::current_path(before);
  CHECK(read_file(here.path / "file") == "another");
}

TEST_CASE("What a killed program left is no hindrance", "[write_file]") {
  const TestDirectory here;
  write_file(here.path / "file", "old");
  write_file(here.path / "file.part", "whole, but not renamed");
  write_file(here.path / "file", "new");
  CHECK(read_file(here.path / "file") == "new");
  CHECK(names_in(here.path) == std::set<std::string>{"file"});
}

TEST_CASE("A file that is not finished leaves nothing, however the program ends",
          "[write_file]") {
  const TestDirectory here;
  write_file(here.path / "file", "old");
  {
    program::UnfinishedFile file(here.path / "file");
    file.write("new");
  }
  CHECK(names_in(here.path) == std::set<std::string>{"file"});
  const ::pid_t pid = ::fork();
  if (pid == 0) {
    program::UnfinishedFile file(here.path / "file");
    file.write("new");
    ::raise(SIGKILL);
  }
  REQUIRE(::waitpid(pid, nullptr, 0) == pid);
  CHECK(names_in(here.path) == std::set<std::string>{"file"});
  CHECK(read_file(here.path / "file") == "old");
}

TEST_CASE("A file that can't be written is named, and the old one stays",
          "[write_file]") {
  const TestDirectory here;
  const fs::path path = here.path / "file";
  const std::string failure = "cannot write " + path.string();
  SECTION("it is a directory") {
    fs::create_directories(path / "full");
    CHECK_THROWS_WITH(write_file(path, "new"), failure + ": Is a directory");
    CHECK(names_in(here.path) == std::set<std::string>{"file"});
  }
  SECTION("its directory is missing") {
    CHECK_THROWS_WITH(write_file(here.path / "none/file", "new"),
                      "cannot write " + (here.path / "none/file").string() +
                          ": No such file or directory");
  }
  SECTION("the disk is full") {
    write_file(path, "old");
    {
      const FullDisk full(1000);
      CHECK_THROWS_WITH(write_file(path, std::string(1001, 'x')),
                        failure + ": File too large");
      CHECK_THROWS_WITH(
          write_file(here.path / "other", std::string(1001, 'x')),
          "cannot write " + (here.path / "other").string() + ": File too large");
    }
    CHECK(read_file(path) == "old");
    CHECK(names_in(here.path) == std::set<std::string>{"file"});
  }
}

TEST_CASE("What is no ordinary file is written to, and not replaced", "[write_file]") {
  write_file("/dev/null", "text");
  CHECK(fs::is_character_file("/dev/null"));
  CHECK_THROWS_WITH(write_file("/dev/full", "text"),
                    "cannot write /dev/full: No space left on device");

  const TestDirectory here;
  const fs::path path = here.path / "pipe";
  REQUIRE(::mkfifo(path.c_str(), 0666) == 0);
  std::string read;
  std::thread reader([&] { read = read_file(path); });
  write_file(path, "text");
  reader.join();
  CHECK(read == "text");
  CHECK(fs::is_fifo(path));
}

TEST_CASE("A file that is written is none of the standard descriptors",
          "[write_file]") {
  const TestDirectory here;
  CHECK(succeeds_with_closed_descriptors([&] {
    program::UnfinishedFile file(here.path / "file");
    (void)!::write(STDOUT_FILENO, "printed", 7);
    file.write("text");
    file.finish();
    return read_file(here.path / "file") == "text";
  }));
}
