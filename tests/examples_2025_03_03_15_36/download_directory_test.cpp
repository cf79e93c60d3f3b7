// Where files are saved: whole or not at all, and nothing left of a temporary
// directory.
#include "examples_2025_03_03_15_36/download_directory.hpp"

#include <signal.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>
#include <vector>

#include "tests/catch.hpp"
#include "tests/full_disk.hpp"
#include "tests/temporary_directory.hpp"

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::set<std::string> names_in(const fs::path& directory) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory))
    names.insert(entry.path().filename());
  return names;
}

/// A directory, and the downloads that are saved in it.
struct Downloads {
  TestDirectory root;
  fs::path path = root.path / "some" / "photos";
  boost::asio::io_context signals;
  DownloadDirectory directory{path, signals.get_executor()};
};

}  // namespace

TEST_CASE("A directory that is missing is made, with its parents",
          "[download_directory]") {
  const Downloads to;
  CHECK(fs::is_directory(to.path));
}

TEST_CASE("A saved file has its bytes and its name, and replaces one of that name",
          "[download_directory]") {
  const Downloads to;
  const std::string bytes("a\0b\r\n\xff", 6);
  to.directory.save("photo.jpg", std::string(1'000'000, 'x'));
  to.directory.save("photo.jpg", bytes);
  to.directory.save("empty.jpg", "");
  CHECK(content(to.path / "photo.jpg") == bytes);
  CHECK(names_in(to.path) == std::set<std::string>{"empty.jpg", "photo.jpg"});
}

TEST_CASE("Many threads save files side by side", "[download_directory]") {
  const Downloads to;
  const FileSet photos = make_photos(20, 10'000);
  {
    std::vector<std::jthread> threads;
    for (const auto& [name, bytes] : photos)
      threads.emplace_back([&to, &photos, wanted = name] {
        to.directory.save(wanted, photos.at(wanted));
      });
  }
  CHECK_NOTHROW(to.directory.compare_with(photos));
  CHECK(names_in(to.path).size() == photos.size());
}

TEST_CASE("A file that can't be written is an error that names it, and leaves nothing",
          "[download_directory]") {
  const Downloads to;
  to.directory.save("photo.jpg", "old");

  SECTION("the disk is full") {
    {
      const FullDisk full(2);
      CHECK_THROWS_WITH(to.directory.save("photo.jpg", "new"),
                        ContainsSubstring("photo.jpg: File too large"));
    }
    CHECK(content(to.path / "photo.jpg") == "old");
    CHECK(names_in(to.path) == std::set<std::string>{"photo.jpg"});
  }
  SECTION("the disk is full, for a file that is larger than a buffer") {
    {
      const FullDisk full(50'000);
      CHECK_THROWS_WITH(to.directory.save("photo.jpg", std::string(100'000, 'x')),
                        ContainsSubstring("photo.jpg: File too large"));
    }
    CHECK(content(to.path / "photo.jpg") == "old");
    CHECK(names_in(to.path) == std::set<std::string>{"photo.jpg"});
  }
  SECTION("a directory has its name") {
    fs::create_directories(to.path / "taken.jpg" / "full");
    CHECK_THROWS_WITH(to.directory.save("taken.jpg", "new"),
                      ContainsSubstring("taken.jpg: Is a directory"));
    CHECK(names_in(to.path) == std::set<std::string>{"photo.jpg", "taken.jpg"});
  }
  SECTION("the directory is gone") {
    fs::remove_all(to.path);
    CHECK_THROWS_WITH(to.directory.save("photo.jpg", "new"),
                      ContainsSubstring("photo.jpg: No such file or directory"));
    CHECK_FALSE(fs::exists(to.path));
  }
}

TEST_CASE("A file that is not what it should be is named", "[download_directory]") {
  const Downloads to;
  const FileSet photos = make_photos(3, 1000);
  for (const auto& [name, bytes] : photos) to.directory.save(name, bytes);
  CHECK_NOTHROW(to.directory.compare_with(photos));

  const fs::path one = to.path / "photo-02.jpg";
  SECTION("missing") {
    fs::remove(one);
  }
  SECTION("too short") {
    fs::resize_file(one, 999);
  }
  SECTION("too long") {
    std::ofstream(one, std::ios::app) << "x";
  }
  SECTION("another byte") {
    to.directory.save("photo-02.jpg", photos.at("photo-01.jpg"));
  }
  CHECK_THROWS_WITH(to.directory.compare_with(photos),
                    ContainsSubstring("photo-02.jpg is not what was served"));
}

TEST_CASE("A Ctrl-C breaks off no call of the threads that fetch and save",
          "[download_directory]") {
  const Downloads to;
  std::array<int, 3> spared{};
  std::jthread([&spared] {
    sigset_t blocked;
    ::pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
    spared = {::sigismember(&blocked, SIGINT), ::sigismember(&blocked, SIGTERM),
              ::sigismember(&blocked, SIGHUP)};
  }).join();
  CHECK(spared == std::array{1, 1, 1});
}

TEST_CASE("A path that can't be a directory is an error that names it",
          "[download_directory]") {
  const TestDirectory root;
  std::ofstream(root.path / "file") << "old";
  boost::asio::io_context signals;
  CHECK_THROWS_WITH(
      DownloadDirectory(root.path / "file" / "photos", signals.get_executor()),
      ContainsSubstring((root.path / "file").string()));
  CHECK_THROWS_WITH(DownloadDirectory(root.path / "file", signals.get_executor()),
                    ContainsSubstring((root.path / "file").string()));
  CHECK(content(root.path / "file") == "old");
}

TEST_CASE("A temporary directory is removed with all that is in it",
          "[download_directory]") {
  const TestDirectory root;
  ::setenv("TMPDIR", root.path.c_str(), 1);
  boost::asio::io_context signals;
  {
    const DownloadDirectory directory("", signals.get_executor());
    directory.save("photo.jpg", "x");
    const auto names = names_in(root.path);
    REQUIRE(names.size() == 1);
    CHECK(names.begin()->starts_with("downloads-"));
    CHECK(content(root.path / *names.begin() / "photo.jpg") == "x");
  }
  CHECK(names_in(root.path).empty());
  ::setenv("TMPDIR", (root.path / "missing").c_str(), 1);
  // The system's own is taken where TMPDIR is none, or it is an error: never a crash.
  try {
    const DownloadDirectory directory("", signals.get_executor());
  } catch (const std::system_error& error) {
    CHECK_THAT(error.what(), ContainsSubstring("temp"));
  }
  ::setenv("TMPDIR", "", 1);  // which says nothing
  CHECK_NOTHROW(DownloadDirectory("", signals.get_executor()));
  ::unsetenv("TMPDIR");
}
