// What writing a file costs in each way. The files are in the page cache.
#include <fcntl.h>
#include <fmt/core.h>
#include <sndfile.h>

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "examples_2025_03_03_17_26/simple_sounds.hpp"
#include "measurements/etl_sounds.hpp"
#include "program/read_write.hpp"
#include "program/system_error.hpp"

namespace measurements {
namespace {

void write_by_libsndfile(const std::string& path, const std::vector<float>& samples) {
  SF_INFO info{};
  info.samplerate = 44'100;
  info.channels = 1;
  info.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
  SNDFILE* const file = ::sf_open(path.c_str(), SFM_WRITE, &info);
  const auto count = static_cast<::sf_count_t>(samples.size());
  if (!file || ::sf_write_float(file, samples.data(), count) != count ||
      ::sf_close(file) != 0)
    program::throw_errno(path);
}

}  // namespace

void measure_writing(const MeasurementOptions& options, const EtlSounds& sounds,
                     Report& report) {
  const auto size = static_cast<std::size_t>(sounds.minutes() * 60 * 44'100);
  const std::vector<float> samples(size, 0.5f);
  const std::string path = sounds.path_of("written.wav");
  const auto plainly = [&](int flags) {
    return seconds_of([&] {
      const auto file = open_to_write(path, flags);
      program::write_all(file.get(), std::as_bytes(std::span(samples)), path);
    });
  };
  std::vector<float> noise(1 << 16);
  GaussianNoise fast(1, 1, InstructionSet::baseline);
  Comparison ways(options.form, {.short_seconds = 1.5, .long_rounds = 15});
  sounds.add(ways, "libsndfile",
             [&] { return seconds_of([&] { write_by_libsndfile(path, samples); }); });
  sounds.add(ways, "truncating", [&] { return plainly(O_TRUNC); });
  sounds.add(ways, "overwriting", [&] { return plainly(0); });
  ways.add("standard_noise",
           [&] { return seconds_of([&] { add_simple_noise(noise, 1, 1); }); });
  ways.add("polynomials",
           [&] { return seconds_of([&] { fast.add_to(noise, 0.1f); }); });
  ways.run();
  report.heading("writing a sound over an older one, and noise alone");
  for (const auto& [slower, faster] : {std::pair{"libsndfile", "overwriting"},
                                       {"truncating", "overwriting"},
                                       {"standard_noise", "polynomials"}})
    report.add(fmt::format("{}_against_{}_ratio", slower, faster),
               ways.ratio(slower, faster));
}

}  // namespace measurements
