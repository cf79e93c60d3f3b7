#include "examples_2025_03_03_17_26/simple_sounds.hpp"

#include <sndfile.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

#include "examples_2025_03_03_17_26/gaussian_noise.hpp"
#include "program/system_error.hpp"

inline namespace book {

namespace {

struct CloseSound {
  void operator()(SNDFILE* file) const { ::sf_close(file); }
};
using SoundFile = std::unique_ptr<SNDFILE, CloseSound>;

SoundFile open_sound(const std::string& path, int mode, SF_INFO& info) {
  SoundFile file(::sf_open(path.c_str(), mode, &info));
  if (!file)
    throw std::runtime_error("cannot open " + path + ": " + ::sf_strerror(nullptr));
  return file;
}

void write_samples(const SoundFile& file, const std::string& path,
                   std::span<const float> samples) {
  const auto count = static_cast<::sf_count_t>(samples.size());
  errno = 0;
  if (::sf_write_float(file.get(), samples.data(), count) == count) return;
  if (errno != 0) program::throw_errno("cannot write " + path);
  throw std::runtime_error("cannot write " + path + ": " + ::sf_strerror(file.get()));
}

void close_sound(SoundFile file, const std::string& path) {
  if (::sf_close(file.release()) != 0) throw std::runtime_error("cannot write " + path);
}

}  // namespace

void add_simple_noise(std::span<float> samples, std::uint64_t seed,
                      std::uint64_t number) {
  std::seed_seq seeds{seed, seed >> 32, number, number >> 32};
  std::mt19937_64 random(seeds);
  std::normal_distribution<float> noise(0.0f, noise_deviation);
  for (float& sample : samples)
    sample = std::clamp(sample + noise(random), -1.0f, 1.0f);
}

std::uint64_t transform_simply(const std::string& input, const std::string& output,
                               const std::function<void(std::span<float>)>& transform) {
  SF_INFO info{};
  const SoundFile from = open_sound(input, SFM_READ, info);
  std::vector<float> samples(static_cast<std::size_t>(info.frames));
  if (::sf_read_float(from.get(), samples.data(), info.frames) != info.frames)
    throw std::runtime_error("cannot read " + input + ": " + ::sf_strerror(from.get()));

  transform(samples);

  SF_INFO format{};
  format.samplerate = info.samplerate;
  format.channels = 1;
  format.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
  SoundFile to = open_sound(output, SFM_WRITE, format);
  write_samples(to, output, samples);
  close_sound(std::move(to), output);
  return std::filesystem::file_size(input) + std::filesystem::file_size(output);
}

}  // namespace book
