#include "examples_2025_03_03_17_26/sounds.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <span>

#include "examples_2025_03_03_17_26/simple_sounds.hpp"
#include "examples_2025_03_03_17_26/stopping.hpp"
#include "examples_2025_03_03_17_26/wav.hpp"

inline namespace book {

namespace {

// An older version is written over, under the new one's temporary name: that costs less
// than to make a new file, or to cut one to nothing, since the kernel has its memory
// and its place on the disk already. Not if somebody else has it, by another name or a
// link.
void take_older(const std::string& output, const std::string& part) {
  const auto is_ours = [](const std::string& path) {
    struct ::stat facts;
    return ::lstat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) &&
           facts.st_nlink == 1;
  };
  if (is_ours(output)) ::rename(output.c_str(), part.c_str());
  if (!is_ours(part)) ::unlink(part.c_str());
}

// In pieces: what was read is still in the processor's cache when it is written.
std::uint64_t transform_in_pieces(const SoundTask& task, WavReader& input) {
  constexpr std::size_t piece = 1 << 16;
  static_assert(piece % GaussianNoise::block == 0);
  thread_local std::vector<float> samples(piece);

  WavWriter output(task.part(), input.samples(), input.rate());
  GaussianNoise noise(task.seed, task.number, task.instructions);
  for (std::size_t left = input.samples(); left > 0;) {
    stop_if_asked();
    const std::span some = std::span(samples).first(std::min(left, piece));
    input.read(some);
    noise.add_to(some, noise_deviation);
    output.write(some);
    left -= some.size();
  }
  return input.bytes() + output.close();
}

}  // namespace

std::string SoundTask::output() const {
  const std::filesystem::path path(input);
  return path.parent_path() / (path.stem().string() + "-transformed.wav");
}

Transformed transform_sound(const SoundTask& task) {
  Transformed result;
  const auto start = std::chrono::steady_clock::now();
  const std::string part = task.part();
  bool has_begun = false;
  try {
    stop_if_asked();
    WavReader input(task.input);
    has_begun = true;
    take_older(task.output(), part);
    if (task.simple)
      result.bytes =
          transform_simply(task.input, part, [&task](std::span<float> samples) {
            add_simple_noise(samples, task.seed, task.number);
          });
    else
      result.bytes = transform_in_pieces(task, input);
    std::filesystem::rename(part, task.output());
  } catch (const std::exception& error) {
    result.failure = error.what();
    if (has_begun) ::unlink(part.c_str());
  }
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  result.seconds = taken.count();
  return result;
}

void remove_parts(const std::vector<SoundTask>& tasks) {
  for (const SoundTask& task : tasks) ::unlink(task.part().c_str());
}

}  // namespace book
