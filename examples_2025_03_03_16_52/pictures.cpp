#include "examples_2025_03_03_16_52/pictures.hpp"

#include <fmt/core.h>
#include <turbojpeg.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numbers>
#include <opencv2/imgproc.hpp>
#include <stdexcept>
#include <vector>

#include "program/read_write.hpp"
#include "program/write_file.hpp"

inline namespace book {

namespace {

constexpr int quality = 75;     // of a JPEG file, out of 100
constexpr double radius = 15;   // of the blur
constexpr int max_side = 1200;  // of a thumbnail
constexpr std::int64_t max_pixels = 100'000'000;

using Codec = std::unique_ptr<void, decltype([](tjhandle codec) { tjDestroy(codec); })>;

// Also for what the library calls a warning: it fills up with grey what is missing.
void check(tjhandle codec, int result) {
  if (result != 0) throw std::runtime_error(tjGetErrorStr2(codec));
}

std::string encode(const cv::Mat& pixels) {
  const Codec codec(tjInitCompress());
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  const int result =
      tjCompress2(codec.get(), pixels.data, pixels.cols, static_cast<int>(pixels.step),
                  pixels.rows, TJPF_RGB, &bytes, &size, TJSAMP_420, quality, 0);
  const std::unique_ptr<unsigned char, decltype(&tjFree)> owner(bytes, tjFree);
  check(codec.get(), result);
  return {reinterpret_cast<const char*>(bytes), size};
}

cv::Mat decode(std::string_view jpeg) {
  const Codec codec(tjInitDecompress());
  const auto* bytes = reinterpret_cast<const unsigned char*>(jpeg.data());
  int width = 0, height = 0, subsampling = 0, colours = 0;
  check(codec.get(), tjDecompressHeader3(codec.get(), bytes, jpeg.size(), &width,
                                         &height, &subsampling, &colours));
  if (std::int64_t{width} * height > max_pixels)
    throw std::runtime_error(fmt::format("{} x {} pixels are too many", width, height));
  cv::Mat pixels(height, width, CV_8UC3);
  check(codec.get(), tjDecompress2(codec.get(), bytes, jpeg.size(), pixels.data, width,
                                   static_cast<int>(pixels.step), height, TJPF_RGB, 0));
  return pixels;
}

// OpenCV shares the work on one picture out to threads of its own, as many as there are
// cores. Here it is the programs that choose what runs side by side.
void keep_to_this_thread() {
  static const bool once = (cv::setNumThreads(0), true);
  static_cast<void>(once);
}

// A slow wave over the whole length and a fast one on top, between 0 and 127.
std::vector<unsigned char> waves(int length, int number, int channel) {
  std::vector<unsigned char> values(static_cast<std::size_t>(length));
  for (int i = 0; i < length; ++i)
    values[static_cast<std::size_t>(i)] = static_cast<unsigned char>(
        63.5 *
        (1 +
         0.6 * std::sin(2 * std::numbers::pi * (channel + 1) * i / length + number) +
         0.4 * std::sin(i / (1.0 + number))));
  return values;
}

}  // namespace

std::string make_picture(int number) {
  cv::Mat pixels(2000, 3000, CV_8UC3);
  for (int channel = 0; channel < 3; ++channel) {
    const auto across = waves(pixels.cols, number, channel);
    const auto down = waves(pixels.rows, number, channel);
    for (int y = 0; y < pixels.rows; ++y) {
      unsigned char* row = pixels.ptr(y) + channel;
      const unsigned char here = down[static_cast<std::size_t>(y)];
      for (const unsigned char value : across) {
        *row = static_cast<unsigned char>(value + here);
        row += 3;
      }
    }
  }
  return encode(pixels);
}

std::string blurred_thumbnail(std::string_view jpeg) {
  keep_to_this_thread();
  const cv::Mat picture = decode(jpeg);

  cv::Mat blurred;
  cv::GaussianBlur(picture, blurred, {}, radius);

  const double scale =
      std::min(1.0, double{max_side} / std::max(picture.cols, picture.rows));
  const auto shrunk = [&](int side) {
    return std::max(1, static_cast<int>(std::lround(side * scale)));
  };
  cv::Mat thumbnail;
  cv::resize(blurred, thumbnail, {shrunk(picture.cols), shrunk(picture.rows)}, 0, 0,
             cv::INTER_AREA);
  return encode(thumbnail);
}

std::string process_picture(const std::string& path) {
  const std::filesystem::path picture(path);
  const std::string name = picture.filename();
  try {
    program::write_file(picture.parent_path() / "processed" / name,
                        blurred_thumbnail(program::read_file(picture)));
  } catch (const std::exception& error) {
    return fmt::format("{}: {}", name, error.what());
  }
  fmt::print("{} was processed\n", name);
  return {};
}

}  // namespace book
