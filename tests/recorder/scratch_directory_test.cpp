#include "recorder/scratch_directory.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "tests/catch.hpp"
#include "tests/temporary_directory.hpp"

namespace {

namespace fs = std::filesystem;
using recorder::scratch_directory;

/// TMPDIR, for as long as a test takes.
class tmpdir {
 public:
  explicit tmpdir(const std::string& value) {
    if (const char* const before = std::getenv("TMPDIR")) before_ = before;
    ::setenv("TMPDIR", value.c_str(), 1);
  }
  tmpdir(const tmpdir&) = delete;
  tmpdir& operator=(const tmpdir&) = delete;
  ~tmpdir() {
    if (before_)
      ::setenv("TMPDIR", before_->c_str(), 1);
    else
      ::unsetenv("TMPDIR");
  }

 private:
  std::optional<std::string> before_;
};

fs::path parent(const scratch_directory& directory) {
  return fs::path(directory.path()).parent_path();
}

}  // namespace

TEST_CASE("A scratch directory is made where TMPDIR says", "[scratch_directory]") {
  const temporary_directory here;
  const tmpdir set(here.path);
  const scratch_directory made("made-");
  CHECK(parent(made) == here.path);
  CHECK(fs::path(made.path()).filename().string().compare(0, 5, "made-") == 0);
  CHECK(fs::is_empty(made.path()));
}

TEST_CASE("Where TMPDIR can't be used, another place is", "[scratch_directory]") {
  const temporary_directory here;
  std::ofstream(here.path / "file") << "no directory";
  const auto value = GENERATE(as<std::string>{}, "", "missing", "file", "/proc");
  const bool is_here = value == "missing" || value == "file";
  const tmpdir set(is_here ? (here.path / value).string() : value);
  const scratch_directory made("made-");
  CHECK(fs::is_directory(made.path()));
  CHECK((parent(made) == "/tmp" || parent(made) == "/var/tmp"));
}

TEST_CASE("A scratch directory goes with all that is in it", "[scratch_directory]") {
  fs::path path;
  {
    const scratch_directory made("made-");
    path = made.path();
    fs::create_directories(path / "in/it");
    std::ofstream(path / "in/file") << "text";
  }
  CHECK_FALSE(fs::exists(path));
}
