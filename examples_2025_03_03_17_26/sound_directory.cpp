#include "examples_2025_03_03_17_26/sound_directory.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <numbers>
#include <span>
#include <stdexcept>
#include <vector>

#include "examples_2025_03_03_17_26/stopping.hpp"
#include "examples_2025_03_03_17_26/wav.hpp"

inline namespace book {

SoundDirectory::SoundDirectory(const std::string& path) {
  std::filesystem::create_directories(path);
  lock_ = program::open_file(path, O_RDONLY | O_DIRECTORY);
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    throw std::runtime_error("another etl is at work in " + path);
}

std::string sound_path(const std::string& directory, int number) {
  return std::filesystem::path(directory) / fmt::format("example-{:02}.wav", number);
}

std::string make_sound_if_missing(const std::string& path, double minutes) {
  constexpr std::uint32_t rate = 44'100;
  if (std::filesystem::exists(std::filesystem::symlink_status(path))) return {};
  // One second has 440 whole waves: each is like the first.
  std::vector<float> second(rate);
  for (std::size_t i = 0; i < second.size(); ++i)
    second[i] = static_cast<float>(
        0.0 * std::sin(2 * std::numbers::pi * 440 * static_cast<double>(i) / rate));
  const auto length =
      static_cast<std::uint32_t>(std::max(1ll, std::llround(minutes * 60 * rate)));
  const std::string part = path + ".part";
  try {
    WavWriter file(part, length, rate);
    for (std::size_t left = length; left > 0;) {
      stop_if_asked();
      const std::span some = std::span(second).first(std::min(left, second.size()));
      file.write(some);
      left -= some.size();
    }
    file.close();
    std::filesystem::rename(part, path);
    return {};
  } catch (const std::exception& error) {
    ::unlink(part.c_str());
    return error.what();
  }
}

}  // namespace book
