#include "program/temporary_directory.hpp"

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>

#include "tests/catch.hpp"

namespace {

namespace fs = std::filesystem;
using program::TemporaryDirectory;

/// TMPDIR, for as long as a test takes.
class TmpDir {
 public:
  explicit TmpDir(const std::string& value) {
    if (const char* const before = std::getenv("TMPDIR")) before_ = before;
    ::setenv("TMPDIR", value.c_str(), 1);
  }
  TmpDir(const TmpDir&) = delete;
  TmpDir& operator=(const TmpDir&) = delete;
  ~TmpDir() {
    if (before_)
      ::setenv("TMPDIR", before_->c_str(), 1);
    else
      ::unsetenv("TMPDIR");
  }

 private:
  std::optional<std::string> before_;
};

}  // namespace

TEST_CASE("A temporary directory is made where TMPDIR says", "[temporary_directory]") {
  const TemporaryDirectory here("here-");
  const TmpDir set(here.path());
  const TemporaryDirectory made("made-");
  CHECK(made.path().parent_path() == here.path());
  CHECK(made.path().filename().string().starts_with("made-"));
  CHECK(fs::is_empty(made.path()));
}

TEST_CASE("Where TMPDIR can't be used, another place is", "[temporary_directory]") {
  const TemporaryDirectory here("here-");
  std::ofstream(here.path() / "file") << "no directory";
  const auto value = GENERATE(as<std::string>{}, "", "missing", "file", "/proc");
  const bool is_here = value == "missing" || value == "file";
  const TmpDir set(is_here ? (here.path() / value).string() : value);
  const TemporaryDirectory made("made-");
  CHECK(fs::is_directory(made.path()));
  CHECK(
      (made.path().parent_path() == "/tmp" || made.path().parent_path() == "/var/tmp"));
}

TEST_CASE("A place with room comes before one without", "[temporary_directory]") {
  const TemporaryDirectory here("here-");
  // A file system of the kernel's has no room at all, and takes no directory.
  const fs::path made = program::make_temporary_directory("x-", {"/proc", here.path()});
  CHECK(made.parent_path() == here.path());
  // Where none has as much as is wanted, the first one is as good as any.
  const fs::path first =
      program::make_temporary_directory("x-", {here.path(), "/tmp"}, UINTMAX_MAX);
  CHECK(first.parent_path() == here.path());
}

TEST_CASE("Where it can be made nowhere, the places are named, with a reason",
          "[temporary_directory]") {
  CHECK_THROWS_WITH(program::make_temporary_directory("x-", {"/none", "/not/here"}),
                    "cannot make a temporary directory in any of /none, /not/here: No "
                    "such file or directory");
  CHECK_THROWS_AS(program::make_temporary_directory("x-", {}), std::system_error);
}

TEST_CASE("A temporary directory goes with all that is in it",
          "[temporary_directory]") {
  fs::path path;
  {
    const TemporaryDirectory made("made-");
    path = made.path();
    CHECK(path.is_absolute());
    fs::create_directories(path / "in/it");
    std::ofstream(path / "in/file") << "text";
  }
  CHECK_FALSE(fs::exists(path));
}
