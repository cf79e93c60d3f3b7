// Sounds: what is read and refused, what is written, and what is left if something
// fails.
#include "examples_2025_03_03_17_26/sounds.hpp"

#include <sndfile.h>
#include <sys/stat.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "examples_2025_03_03_17_26/sound_directory.hpp"
#include "tests/catch.hpp"
#include "tests/full_disk.hpp"
#include "tests/temporary_directory.hpp"

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_bytes(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

void write_sound(const fs::path& path, const std::vector<float>& samples,
                 int format = SF_FORMAT_WAV | SF_FORMAT_FLOAT, int channels = 1,
                 int rate = 44'100) {
  SF_INFO info{};
  info.samplerate = rate;
  info.channels = channels;
  info.format = format;
  SNDFILE* file = ::sf_open(path.c_str(), SFM_WRITE, &info);
  REQUIRE(file);
  const auto count = static_cast<::sf_count_t>(samples.size());
  REQUIRE(::sf_write_float(file, samples.data(), count) == count);
  REQUIRE(::sf_close(file) == 0);
}

std::vector<float> read_sound(const fs::path& path, int rate = 44'100) {
  SF_INFO info{};
  SNDFILE* file = ::sf_open(path.c_str(), SFM_READ, &info);
  REQUIRE(file);
  CHECK(info.samplerate == rate);
  CHECK(info.channels == 1);
  CHECK(info.format == (SF_FORMAT_WAV | SF_FORMAT_FLOAT));
  std::vector<float> samples(static_cast<std::size_t>(info.frames));
  REQUIRE(::sf_read_float(file, samples.data(), info.frames) == info.frames);
  ::sf_close(file);
  return samples;
}

std::set<std::string> names_in(const fs::path& directory) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory))
    names.insert(entry.path().filename());
  return names;
}

struct InDirectory {
  TestDirectory root;

  SoundTask task(const std::string& name, std::uint64_t number = 1) const {
    return {.input = root.path / name, .number = number, .seed = 9};
  }
};

}  // namespace

TEST_CASE("A sound that is missing is made of silence", "[sounds]") {
  const InDirectory here;
  const std::string path = sound_path(here.root.path, 7);
  CHECK(path == here.root.path / "example-07.wav");
  CHECK(make_sound_if_missing(path, 0.05) == "");
  const std::vector<float> samples = read_sound(path);
  CHECK(samples.size() == 132'300);
  CHECK(std::all_of(samples.begin(), samples.end(), [](float s) { return s == 0.0f; }));
  CHECK(names_in(here.root.path) == std::set<std::string>{"example-07.wav"});
}

TEST_CASE("A sound that is there is left as it is, whatever it is", "[sounds]") {
  const InDirectory here;
  write_bytes(here.root.path / "one.wav", "mine");
  fs::create_symlink("nowhere", here.root.path / "two.wav");
  CHECK(make_sound_if_missing(here.root.path / "one.wav", 1) == "");
  CHECK(make_sound_if_missing(here.root.path / "two.wav", 1) == "");
  CHECK(bytes_of(here.root.path / "one.wav") == "mine");
  CHECK(names_in(here.root.path) == std::set<std::string>{"one.wav", "two.wav"});
}

TEST_CASE("A sound that cannot be made says why, and leaves nothing", "[sounds]") {
  const InDirectory here;
  CHECK_THAT(make_sound_if_missing(here.root.path / "none" / "one.wav", 0.01),
             ContainsSubstring("No such file or directory"));
  {
    const FullDisk full(10'000);
    CHECK_THAT(make_sound_if_missing(here.root.path / "one.wav", 0.01),
               ContainsSubstring("File too large"));
  }
  CHECK(names_in(here.root.path).empty());
}

TEST_CASE("A sound gets its noise, is clipped and keeps its rate", "[sounds]") {
  const InDirectory here;
  std::vector<float> samples(100'001);
  for (std::size_t i = 0; i < samples.size(); ++i)
    samples[i] = static_cast<float>(i % 2001) / 1000 - 1;
  write_sound(here.root.path / "one.wav", samples, SF_FORMAT_WAV | SF_FORMAT_FLOAT, 1,
              8000);

  for (const InstructionSet set : instruction_sets()) {
    SoundTask task = here.task("one.wav", 3);
    task.instructions = set;
    const Transformed result = transform_sound(task);
    CHECK(result.failure == "");
    CHECK(result.seconds > 0);
    CHECK(result.bytes == fs::file_size(task.input) + fs::file_size(task.output()));
    std::vector<float> expected = samples;
    GaussianNoise(9, 3).add_to(expected, 0.1f);
    CHECK(read_sound(task.output(), 8000) == expected);
    CHECK(read_sound(task.input, 8000) == samples);
  }
  CHECK(here.task("one.wav").output() == here.root.path / "one-transformed.wav");
}

TEST_CASE("The simple way gives noise of its own, which is as right", "[sounds]") {
  const InDirectory here;
  write_sound(here.root.path / "one.wav", std::vector<float>(200'000));
  SoundTask task = here.task("one.wav", 3);
  task.simple = true;
  CHECK(transform_sound(task).failure == "");
  const std::vector<float> once = read_sound(task.output());
  CHECK(transform_sound(task).failure == "");
  CHECK(read_sound(task.output()) == once);
  task.number = 4;
  CHECK(transform_sound(task).failure == "");
  CHECK(read_sound(task.output()) != once);
  double sum = 0, squares = 0;
  for (const float sample : once) {
    sum += sample;
    squares += double{sample} * sample;
  }
  CHECK(std::abs(sum / 200'000) < 5 * 0.1 / std::sqrt(200'000));
  CHECK(std::abs(squares / 200'000 - 0.01) < 5 * 0.01 * std::sqrt(2.0 / 200'000));
}

TEST_CASE(
    "A sound without a sample, and one among chunks that nobody knows, are sounds",
    "[sounds]") {
  const InDirectory here;
  write_sound(here.root.path / "none.wav", {});
  CHECK(transform_sound(here.task("none.wav")).failure == "");
  CHECK(read_sound(here.task("none.wav").output()).empty());

  write_sound(here.root.path / "one.wav", {0.25f, 0.5f});
  std::string bytes = bytes_of(here.root.path / "one.wav");
  const std::string odd("odd \3\0\0\0abc\0", 12);  // its length is filled up
  bytes.insert(12, odd);
  bytes += "more";
  bytes[4] = static_cast<char>(bytes[4] + 12);
  write_bytes(here.root.path / "two.wav", bytes);
  CHECK(transform_sound(here.task("one.wav")).failure == "");
  CHECK(transform_sound(here.task("two.wav")).failure == "");
  CHECK(bytes_of(here.task("one.wav").output()) ==
        bytes_of(here.task("two.wav").output()));
}

TEST_CASE("What is no whole sound is refused with the reason, and nothing is written",
          "[sounds]") {
  const InDirectory here;
  const fs::path path = here.root.path / "one.wav";
  write_sound(path, std::vector<float>(1000));
  const std::string whole = bytes_of(path);
  const std::size_t sound = whole.size() - 4000;
  std::string reason;

  SECTION("it is missing") {
    fs::remove(path);
    reason = "cannot read " + path.string() + ": No such file or directory";
  }
  SECTION("it is empty") {
    write_bytes(path, "");
    reason = "is empty";
  }
  SECTION("it is a text") {
    write_bytes(path, "a text\n");
    reason = "is not a WAV file";
  }
  SECTION("it is another kind of RIFF") {
    write_bytes(path, "RIFF\x24" + std::string(3, '\0') + "AVI " + whole.substr(12));
    reason = "is not a WAV file";
  }
  SECTION("it has other numbers") {
    write_sound(path, std::vector<float>(1000), SF_FORMAT_WAV | SF_FORMAT_PCM_16);
    reason = "is not a WAV file of one channel of 32-bit floats";
  }
  SECTION("it has two channels") {
    write_sound(path, std::vector<float>(1000), SF_FORMAT_WAV | SF_FORMAT_FLOAT, 2);
    reason = "is not a WAV file of one channel of 32-bit floats";
  }
  SECTION("it ends within its sound") {
    write_bytes(path, whole.substr(0, sound + 1234));
    reason = "is truncated: it has 1234 of 4000 bytes of sound";
  }
  SECTION("it ends one byte too early") {
    write_bytes(path, whole.substr(0, whole.size() - 1));
    reason = "is truncated: it has 3999 of 4000 bytes of sound";
  }
  SECTION("it ends before its sound") {
    for (std::size_t size = 12; size < sound; ++size) {
      write_bytes(path, whole.substr(0, size));
      CHECK(transform_sound(here.task("one.wav")).failure ==
            "is truncated: its sound is missing");
    }
    write_bytes(path, whole.substr(0, sound - 8));
    reason = "is truncated: its sound is missing";
  }
  SECTION("it is a directory") {
    fs::remove(path);
    fs::create_directory(path);
    reason = "is not a regular file";
  }
  SECTION("it is a pipe that nobody writes to") {
    fs::remove(path);
    REQUIRE(::mkfifo(path.c_str(), 0666) == 0);
    reason = "is not a regular file";
  }

  for (const bool simple : {false, true}) {
    SoundTask task = here.task("one.wav");
    task.simple = simple;
    const Transformed result = transform_sound(task);
    CHECK(result.failure == reason);
    CHECK(result.bytes == 0);
    CHECK_FALSE(fs::exists(task.output()));
    CHECK_FALSE(fs::exists(task.part()));
  }
}

TEST_CASE("What cannot be written leaves nothing", "[sounds]") {
  const InDirectory here;
  write_sound(here.root.path / "one.wav", std::vector<float>(100'000));
  SoundTask task = here.task("one.wav");
  task.simple = GENERATE(false, true);
  SECTION("the disk is full") {
    const FullDisk full(200'000);
    CHECK_THAT(transform_sound(task).failure, ContainsSubstring("File too large"));
    CHECK(names_in(here.root.path) == std::set<std::string>{"one.wav"});
  }
  SECTION("there is a directory of its name") {
    fs::create_directories(fs::path(task.output()) / "full");
    CHECK_THAT(transform_sound(task).failure, ContainsSubstring("Is a directory"));
    CHECK(fs::is_directory(fs::path(task.output()) / "full"));
    CHECK_FALSE(fs::exists(task.part()));
  }
}

TEST_CASE("An older version is written over, whatever its length", "[sounds]") {
  const InDirectory here;
  write_sound(here.root.path / "one.wav", std::vector<float>(1000));
  const SoundTask task = here.task("one.wav");
  CHECK(transform_sound(task).failure == "");
  const std::string expected = bytes_of(task.output());
  for (const std::size_t size : {0u, 5u, 4064u, 100'000u}) {
    write_bytes(task.output(), std::string(size, 'x'));
    struct ::stat before, after;
    ::stat(task.output().c_str(), &before);
    CHECK(transform_sound(task).failure == "");
    ::stat(task.output().c_str(), &after);
    CHECK(before.st_ino == after.st_ino);
    CHECK(bytes_of(task.output()) == expected);
    CHECK_FALSE(fs::exists(task.part()));
  }
}

TEST_CASE("An older version that others have by a link is not written over",
          "[sounds]") {
  const InDirectory here;
  write_sound(here.root.path / "one.wav", std::vector<float>(1000));
  const SoundTask task = here.task("one.wav");
  const fs::path other = here.root.path / "other";
  write_bytes(other, "theirs");
  SECTION("a second name") {
    fs::create_hard_link(other, task.output());
  }
  SECTION("a link") {
    fs::create_symlink("other", task.output());
  }
  CHECK(transform_sound(task).failure == "");
  CHECK(bytes_of(other) == "theirs");
  CHECK_FALSE(fs::is_symlink(task.output()));
  CHECK(read_sound(task.output()).size() == 1000);
}

TEST_CASE("What a killed program left under the name of a part is no hindrance",
          "[sounds]") {
  const InDirectory here;
  write_sound(here.root.path / "one.wav", std::vector<float>(1000));
  const SoundTask task = here.task("one.wav");
  CHECK(transform_sound(task).failure == "");
  const std::string expected = bytes_of(task.output());
  write_bytes(here.root.path / "target", "pointed to");

  SECTION("a longer file") {
    write_bytes(task.part(), std::string(100'000, 'x'));
  }
  SECTION("a link") {
    fs::create_symlink("target", task.part());
  }
  SECTION("a second name") {
    fs::create_hard_link(here.root.path / "target", task.part());
  }
  fs::remove(task.output());
  CHECK(transform_sound(task).failure == "");
  CHECK(bytes_of(task.output()) == expected);
  CHECK(bytes_of(here.root.path / "target") == "pointed to");
}

TEST_CASE("Two programs do not work in one directory", "[sounds]") {
  const InDirectory here;
  const std::string path = here.root.path / "some" / "sounds";
  {
    const SoundDirectory first(path);
    CHECK_THROWS_WITH(SoundDirectory(path), "another etl is at work in " + path);
  }
  const SoundDirectory second(path);
}

TEST_CASE("A directory that cannot be is an error that names it", "[sounds]") {
  const InDirectory here;
  write_bytes(here.root.path / "file", "old");
  for (const fs::path& path :
       {here.root.path / "file", here.root.path / "file" / "new"})
    CHECK_THROWS_WITH(SoundDirectory(path), ContainsSubstring(path.string()));
  CHECK(bytes_of(here.root.path / "file") == "old");
}
