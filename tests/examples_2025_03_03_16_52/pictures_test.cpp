// What is done with a picture: that it is blurred as it should be, shrunk as it should
// be, and that a file is written whole or not at all.
#include "examples_2025_03_03_16_52/pictures.hpp"

#include <turbojpeg.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <memory>
#include <numbers>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "program/read_write.hpp"
#include "program/write_file.hpp"
#include "tests/captured_output.hpp"
#include "tests/catch.hpp"
#include "tests/temporary_directory.hpp"

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;
using program::read_file;
using program::write_file;

namespace {

/// Pixels, three bytes each, row by row.
struct Pixels {
  int width = 0;
  int height = 0;
  std::vector<unsigned char> bytes;

  Pixels(int width_, int height_)
      : width(width_),
        height(height_),
        bytes(std::size_t{3} * static_cast<std::size_t>(width) *
              static_cast<std::size_t>(height)) {}

  unsigned char& at(int x, int y, int channel = 0) {
    return bytes[static_cast<std::size_t>(3 * (y * width + x) + channel)];
  }

  double mean(std::size_t channel) const {
    double sum = 0;
    for (std::size_t i = channel; i < bytes.size(); i += 3) sum += bytes[i];
    return sum / (width * height);
  }
};

std::string as_jpeg(const Pixels& picture, int subsampling = TJSAMP_444) {
  const std::unique_ptr<void, decltype(&tjDestroy)> codec(tjInitCompress(), tjDestroy);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  REQUIRE(tjCompress2(codec.get(), picture.bytes.data(), picture.width, 0,
                      picture.height, TJPF_RGB, &bytes, &size, subsampling, 95,
                      0) == 0);
  const std::string jpeg(reinterpret_cast<const char*>(bytes), size);
  tjFree(bytes);
  return jpeg;
}

/// Also checks that it is whole, and in colour.
Pixels from_jpeg(const std::string& jpeg) {
  const std::unique_ptr<void, decltype(&tjDestroy)> codec(tjInitDecompress(),
                                                          tjDestroy);
  const auto* bytes = reinterpret_cast<const unsigned char*>(jpeg.data());
  int width = 0, height = 0, subsampling = 0, colours = 0;
  REQUIRE(tjDecompressHeader3(codec.get(), bytes, jpeg.size(), &width, &height,
                              &subsampling, &colours) == 0);
  CHECK(colours == TJCS_YCbCr);
  Pixels picture(width, height);
  REQUIRE(tjDecompress2(codec.get(), bytes, jpeg.size(), picture.bytes.data(), width, 0,
                        height, TJPF_RGB, 0) == 0);
  return picture;
}

/// The left half is black, the right half white.
Pixels black_and_white(int width, int height) {
  Pixels picture(width, height);
  for (int y = 0; y < height; ++y)
    for (int x = width / 2; x < width; ++x)
      for (int channel = 0; channel < 3; ++channel) picture.at(x, y, channel) = 255;
  return picture;
}

std::set<std::string> names_in(const fs::path& directory) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory))
    names.insert(entry.path().filename());
  return names;
}

}  // namespace

TEST_CASE("A picture is a JPEG file of a photograph's size, always the same",
          "[pictures]") {
  const std::string first = make_picture(1);
  const Pixels picture = from_jpeg(first);
  CHECK(picture.width == 3000);
  CHECK(picture.height == 2000);
  CHECK(make_picture(1) == first);
  CHECK(make_picture(2) != first);
}

TEST_CASE(
    "A thumbnail is at most 1200 by 1200, has its picture's proportions, and is "
    "never larger",
    "[pictures]") {
  struct Sizes {
    int width, height, shrunk_width, shrunk_height;
  };
  for (const auto& [width, height, shrunk_width, shrunk_height] :
       {Sizes{3000, 2000, 1200, 800}, Sizes{2000, 3000, 800, 1200},
        Sizes{2400, 2400, 1200, 1200}, Sizes{1201, 1201, 1200, 1200},
        Sizes{1200, 1200, 1200, 1200}, Sizes{300, 200, 300, 200}, Sizes{1, 1, 1, 1},
        Sizes{4000, 1, 1200, 1}, Sizes{1, 4000, 1, 1200}}) {
    CAPTURE(width, height);
    const Pixels thumbnail =
        from_jpeg(blurred_thumbnail(as_jpeg(Pixels(width, height))));
    CHECK(thumbnail.width == shrunk_width);
    CHECK(thumbnail.height == shrunk_height);
  }
}

TEST_CASE("A thumbnail is as bright as its picture, in each colour", "[pictures]") {
  for (const int number : {1, 7, 12}) {
    const std::string jpeg = make_picture(number);
    const Pixels before = from_jpeg(jpeg);
    const Pixels after = from_jpeg(blurred_thumbnail(jpeg));
    for (const std::size_t channel : {0u, 1u, 2u}) {
      CAPTURE(number, channel);
      CHECK(std::abs(after.mean(channel) - before.mean(channel)) < 1);
    }
  }
}

TEST_CASE("The colours of a picture are not exchanged", "[pictures]") {
  Pixels picture(400, 300);
  for (std::size_t i = 0; i < picture.bytes.size(); i += 3) picture.bytes[i] = 200;
  const Pixels after = from_jpeg(blurred_thumbnail(as_jpeg(picture)));
  CHECK(std::abs(after.mean(0) - 200) < 3);
  CHECK(after.mean(1) < 3);
  CHECK(after.mean(2) < 3);
}

TEST_CASE("An edge is blurred into the integral of a Gaussian of 15 pixels",
          "[pictures]") {
  Pixels blurred = from_jpeg(blurred_thumbnail(as_jpeg(black_and_white(400, 100))));
  for (const int from_edge : {-60, -30, -15, -5, 0, 5, 15, 30, 60}) {
    CAPTURE(from_edge);
    // A pixel's middle is half a pixel beyond its number.
    const double expected =
        127.5 * (1 + std::erf((from_edge + 0.5) / 15 / std::numbers::sqrt2));
    CHECK(std::abs(blurred.at(200 + from_edge, 50) - expected) < 4);
  }
  CHECK(blurred.at(0, 0) < 4);
  CHECK(blurred.at(399, 99) > 251);
}

TEST_CASE("A picture in grey is one, too", "[pictures]") {
  const std::string jpeg = as_jpeg(black_and_white(400, 100), TJSAMP_GRAY);
  Pixels blurred = from_jpeg(blurred_thumbnail(jpeg));
  CHECK(blurred.at(0, 0, 2) < 4);
  CHECK(blurred.at(399, 99, 2) > 251);
}

TEST_CASE("What is not a whole JPEG file is refused, with the reason", "[pictures]") {
  const std::string jpeg = as_jpeg(black_and_white(400, 100));

  for (const std::string& foreign :
       {std::string("a text\n"), std::string(1000, '\0'),
        std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16)}) {
    CAPTURE(foreign);
    CHECK_THROWS_WITH(blurred_thumbnail(foreign), ContainsSubstring("Not a JPEG file"));
  }
  CHECK_THROWS_AS(blurred_thumbnail(""), std::runtime_error);
  for (std::size_t size = 1; size + 2 < jpeg.size(); size += 1 + jpeg.size() / 200) {
    CAPTURE(size, jpeg.size());
    CHECK_THROWS_AS(blurred_thumbnail(jpeg.substr(0, size)), std::runtime_error);
  }
  CHECK_THROWS_WITH(blurred_thumbnail(jpeg.substr(0, jpeg.size() - 2)),
                    ContainsSubstring("Premature end of JPEG file"));
}

TEST_CASE("A file that claims to be a vast picture is refused before memory is taken",
          "[pictures]") {
  std::string jpeg = as_jpeg(Pixels(400, 100));
  const std::size_t frame = jpeg.find("\xff\xc0");
  REQUIRE(frame != std::string::npos);
  jpeg.replace(frame + 5, 4, "\xff\xdc\xff\xdc");  // height and width
  CHECK_THROWS_WITH(blurred_thumbnail(jpeg), "65500 x 65500 pixels are too many");
}

TEST_CASE("Threads may work on pictures side by side", "[pictures]") {
  const std::string jpeg = as_jpeg(black_and_white(1300, 100));
  const std::string expected = blurred_thumbnail(jpeg);
  std::array<std::string, 4> made;
  {
    std::vector<std::jthread> threads;
    for (std::string& one : made)
      threads.emplace_back([&one, &jpeg] { one = blurred_thumbnail(jpeg); });
  }
  for (const std::string& one : made) CHECK(one == expected);
}

TEST_CASE("A picture is processed into the directory beside it, and a line says so",
          "[pictures]") {
  const TestDirectory root;
  const fs::path path = root.path / "one.jpg";
  const std::string jpeg = as_jpeg(black_and_white(400, 100));
  write_file(path, jpeg);

  SECTION("it is") {
    fs::create_directory(root.path / "processed");
    std::string failure = "not called";
    const std::string printed =
        captured_output([&] { failure = process_picture(path); });
    CHECK(failure == "");
    CHECK(printed == "one.jpg was processed\n");
    CHECK(read_file(root.path / "processed" / "one.jpg") == blurred_thumbnail(jpeg));
    CHECK(read_file(path) == jpeg);
  }
  SECTION("it is not") {
    fs::path given = path;
    std::string reason;
    SECTION("because it is no picture") {
      fs::create_directory(root.path / "processed");
      write_file(path, "a text");
      reason = "one.jpg: Not a JPEG file";
    }
    SECTION("because it is missing") {
      fs::create_directory(root.path / "processed");
      given = root.path / "two.jpg";
      reason = "two.jpg: cannot read " + given.string();
    }
    SECTION("because there is no such directory") {
      reason = "one.jpg: cannot write " + (root.path / "processed/one.jpg").string();
    }
    std::string failure;
    CHECK(captured_output([&] { failure = process_picture(given); }) == "");
    CHECK_THAT(failure, StartsWith(reason));
    if (fs::exists(root.path / "processed"))
      CHECK(names_in(root.path / "processed").empty());
  }
}
