// The files that are fetched: the same in every run.
#include "examples_2025_03_03_15_36/photos.hpp"

#include <set>

#include "tests/catch.hpp"

TEST_CASE("make_photos makes as many files as it is asked for, of the size asked for",
          "[photos]") {
  const int count = GENERATE(0, 1, 10, 99);
  const std::size_t size = GENERATE(0u, 1u, 1000u);
  const FileSet photos = make_photos(count, size);
  CHECK(photos.size() == static_cast<std::size_t>(count));
  for (const auto& [name, bytes] : photos) CHECK(bytes.size() == size);
  if (count > 0) CHECK(photos.begin()->first == "photo-01.jpg");
  if (count == 99) CHECK(photos.rbegin()->first == "photo-99.jpg");
}

TEST_CASE("make_photos always makes the same files, each of its own", "[photos]") {
  const FileSet photos = make_photos(10);
  CHECK(photos == make_photos(10));
  std::set<std::string> different;
  for (const auto& [name, bytes] : photos) {
    CHECK(bytes.size() == 100'000);
    different.insert(bytes);
  }
  CHECK(different.size() == 10);
  // The generator's numbers are laid down by the standard.
  CHECK(photos.at("photo-01.jpg").substr(0, 4) == "\x25\xeb\x8c\x48");
  // A file doesn't depend on how many others are made.
  CHECK(make_photos(1).at("photo-01.jpg") == photos.at("photo-01.jpg"));
}
