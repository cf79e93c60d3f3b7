#include "examples_2025_03_03_15_36/photos.hpp"

#include <fmt/core.h>

#include <random>

inline namespace book {

FileSet make_photos(int count, std::size_t size) {
  FileSet photos;
  for (int number = 1; number <= count; ++number) {
    std::mt19937 generator(static_cast<unsigned>(number));
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(generator());
    photos.emplace(fmt::format("photo-{:02}.jpg", number), std::move(bytes));
  }
  return photos;
}

}  // namespace book
