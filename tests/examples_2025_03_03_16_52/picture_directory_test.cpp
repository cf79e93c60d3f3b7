// Where the pictures are: made if they are missing, and removed if they are temporary.
#include "examples_2025_03_03_16_52/picture_directory.hpp"

#include <signal.h>
#include <stdlib.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "examples_2025_03_03_16_52/pictures.hpp"
#include "program/read_write.hpp"
#include "program/write_file.hpp"
#include "tests/catch.hpp"
#include "tests/full_disk.hpp"
#include "tests/temporary_directory.hpp"

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;
using program::read_file;
using program::write_file;

namespace {

/// The signals that this thread is spared are the same again when it goes.
struct SparedSignals {
  SparedSignals() { ::pthread_sigmask(SIG_BLOCK, nullptr, &before); }
  SparedSignals(const SparedSignals&) = delete;
  SparedSignals& operator=(const SparedSignals&) = delete;
  ~SparedSignals() { ::pthread_sigmask(SIG_SETMASK, &before, nullptr); }

  sigset_t before{};
};

}  // namespace

TEST_CASE("Pictures that are missing are made, and others left as they are",
          "[picture_directory]") {
  const SparedSignals as_before;
  const TestDirectory root;
  const fs::path path = root.path / "some" / "pictures";
  fs::create_directories(path);
  write_file(path / "picture-02.jpg", "mine");
  fs::create_symlink("nowhere", path / "picture-03.jpg");
  {
    const PictureDirectory directory(path);
    REQUIRE(directory.pictures().size() == 12);
    CHECK(directory.pictures().front() == path / "picture-01.jpg");
    CHECK(directory.pictures().back() == path / "picture-12.jpg");
    CHECK(fs::is_directory(path / "processed"));
  }
  CHECK(read_file(path / "picture-01.jpg") == make_picture(1));
  CHECK(read_file(path / "picture-12.jpg") == make_picture(12));
  CHECK(read_file(path / "picture-02.jpg") == "mine");
  CHECK(fs::is_symlink(path / "picture-03.jpg"));
  CHECK_FALSE(fs::exists(path / "nowhere"));
}

TEST_CASE("A temporary directory of pictures is removed with all that is in it",
          "[picture_directory]") {
  const SparedSignals as_before;
  const TestDirectory root;
  ::setenv("TMPDIR", root.path.c_str(), 1);
  {
    const PictureDirectory directory("");
    const fs::path picture = directory.pictures().front();
    CHECK(picture.parent_path().parent_path() == root.path);
    CHECK(picture.parent_path().filename().string().starts_with("pictures-"));
    write_file(picture.parent_path() / "processed" / "one.jpg", "x");
  }
  CHECK(fs::is_empty(root.path));
  ::unsetenv("TMPDIR");
}

TEST_CASE("Nothing is left of a temporary directory whose pictures can't be made",
          "[picture_directory]") {
  const SparedSignals as_before;
  const TestDirectory root;
  ::setenv("TMPDIR", root.path.c_str(), 1);
  {
    const FullDisk full(1000);
    CHECK_THROWS_WITH(PictureDirectory(""), ContainsSubstring("File too large"));
  }
  CHECK(fs::is_empty(root.path));
  ::unsetenv("TMPDIR");
}

TEST_CASE("A directory of pictures that can't be made is an error that names it",
          "[picture_directory]") {
  const SparedSignals as_before;
  const TestDirectory root;
  std::ofstream(root.path / "file") << "old";
  for (const fs::path& path : {root.path / "file", root.path / "file" / "pictures"})
    CHECK_THROWS_WITH(PictureDirectory(path), ContainsSubstring(path.string()));
  CHECK(read_file(root.path / "file") == "old");
}

TEST_CASE("Ctrl-C is left to the thread that waits for it, not to those that work",
          "[picture_directory]") {
  const SparedSignals as_before;
  leave_signals_to_directory();
  std::array<int, 3> spared{};
  std::jthread([&spared] {
    sigset_t blocked;
    ::pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
    spared = {::sigismember(&blocked, SIGINT), ::sigismember(&blocked, SIGTERM),
              ::sigismember(&blocked, SIGHUP)};
  }).join();
  CHECK(spared == std::array{1, 1, 1});
}
