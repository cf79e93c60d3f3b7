// What each step from the simple way of etl to the fast one gains.
#include <fcntl.h>
#include <fmt/core.h>

#include <cstddef>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "examples_2025_03_03_17_26/simple_sounds.hpp"
#include "measurements/etl_sounds.hpp"
#include "program/read_write.hpp"

namespace measurements {
namespace {

// Reads a whole sound, and writes it over another file.
void transform_whole(const SoundTask& task) {
  constexpr std::size_t header = 64 / sizeof(float);  // as WavWriter has made it
  std::vector<float> samples(std::filesystem::file_size(task.input) / sizeof(float));
  const auto input = program::open_file(task.input, O_RDONLY),
             output = open_to_write(task.output());
  const std::span bytes = std::as_writable_bytes(std::span(samples));
  if (program::read_up_to(input.get(), bytes, task.input) < bytes.size())
    throw std::runtime_error(task.input + " became shorter");
  GaussianNoise(task.seed, task.number, InstructionSet::baseline)
      .add_to(std::span(samples).subspan(header), 0.1f);
  program::write_all(output.get(), bytes, task.output());
}

template <class Action>
double for_each(const EtlSounds& sounds, const Action& action) {
  return seconds_of([&] {
    for (const SoundTask& task : sounds.tasks()) action(task);
  });
}

}  // namespace

void measure_etl_steps(const MeasurementOptions& options, const EtlSounds& sounds,
                       Report& report) {
  Comparison steps(options.form, {.short_seconds = 3.5, .long_seconds = 60});
  const std::string simple = "libsndfile, std::normal_distribution",
                    polynomials = "noise by polynomials",
                    over_older = "written over an older file", in_pieces = "in pieces";
  sounds.add(steps, simple, [&sounds] {
    return for_each(sounds, [](const SoundTask& task) {
      transform_simply(task.input, task.output(), [&](std::span<float> samples) {
        add_simple_noise(samples, task.seed, task.number);
      });
    });
  });
  sounds.add(steps, polynomials, [&sounds] {
    return for_each(sounds, [](const SoundTask& task) {
      transform_simply(task.input, task.output(), [&](std::span<float> samples) {
        GaussianNoise(task.seed, task.number, InstructionSet::baseline)
            .add_to(samples, 0.1f);
      });
    });
  });
  sounds.add(steps, over_older,
             [&sounds] { return for_each(sounds, transform_whole); });
  std::string last;
  for (const InstructionSet set : instruction_sets()) {
    last = set == InstructionSet::baseline
               ? in_pieces
               : fmt::format("instructions: {}", name_of(set));
    sounds.add(steps, last, [&sounds, set] {
      return for_each(sounds, [set](SoundTask task) {
        task.instructions = set;
        throw_if_failed(transform_sound(task).failure);
      });
    });
  }
  sounds.add(steps, "reading and writing alone",
             [&sounds] { return sounds.read_and_write(1); });
  steps.run();

  report.heading("step by step, one thread");
  for (const std::string& step : steps.peers())
    report.add_row("steps", {{"step", step}}, {{"wall_seconds", steps.figure(step)}});
  report.add("polynomials_ratio", steps.ratio(simple, polynomials));
  report.add("over_older_ratio", steps.ratio(polynomials, over_older));
  report.add("pieces_ratio", steps.ratio(over_older, in_pieces));
  report.add("instructions_ratio", steps.ratio(in_pieces, last));
  report.add("all_steps_ratio", steps.ratio(simple, last));
}

}  // namespace measurements
