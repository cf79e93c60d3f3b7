#include "measurements/etl_sounds.hpp"

#include <fcntl.h>
#include <fmt/core.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "examples_2025_03_03_17_26/sound_directory.hpp"
#include "examples_2025_03_03_17_26/stopping.hpp"
#include "measurements/resources.hpp"
#include "program/read_write.hpp"

namespace measurements {
namespace {

namespace fs = std::filesystem;

/// Where there is room for all sounds: where temporary files are, or else in the build.
/// @throws NotMeasured if there is room in neither.
fs::path place_with_room(const fs::path& build, double bytes) {
  std::error_code none;
  std::string why;
  for (const fs::path& place : {fs::temp_directory_path(none), build}) {
    std::error_code error;
    const fs::space_info space = fs::space(place, error);
    if (place.empty() || error) continue;
    if (static_cast<double>(space.available) >= bytes) return place;
    why = fmt::format("{} has room for {:.1f} GB, and {:.1f} GB are needed",
                      place.string(), static_cast<double>(space.available) * 1e-9,
                      bytes * 1e-9);
  }
  throw NotMeasured(why.empty() ? "there is no directory for its files" : why);
}

// Reads a file in pieces, and writes them over another file.
void copy_over(const std::string& from, const std::string& to) {
  thread_local std::vector<std::byte> piece(1 << 18);
  const auto input = program::open_file(from, O_RDONLY), output = open_to_write(to);
  std::size_t size = piece.size();
  while (size == piece.size()) {
    size = program::read_up_to(input.get(), piece, from);
    program::write_all(output.get(), std::span(piece).first(size), to);
  }
}

}  // namespace

void throw_if_failed(const std::string& failure) {
  if (failure.empty()) return;
  if (names_a_limit(failure)) throw NotMeasured(failure);
  throw std::runtime_error(failure);
}

program::FileDescriptor open_to_write(const std::string& path, int flags) {
  return program::open_file(path, O_WRONLY | O_CREAT | flags);
}

EtlSounds::EtlSounds(const MeasurementOptions& options)
    : files_(by_form(options.form, 4, 4, 12)),
      minutes_(by_form(options.form, 0.02, 2.0, 4.0)) {
  try {
    make(options);
  } catch (const std::exception& error) {
    const std::optional<std::string> reason = reason_of(error);
    if (!reason) throw;
    missing_ = *reason;
  }
}

std::string EtlSounds::directory() const {
  return place_ ? place_->path().string() : std::string();
}

std::string EtlSounds::path_of(const std::string& name) const {
  return place_ ? place_->path() / name : fs::path();
}

void EtlSounds::add(Comparison& comparison, const std::string& name,
                    const std::function<double()>& run) const {
  if (!missing_.empty()) return comparison.add_missing(name, missing_);
  comparison.add(name, [run]() -> double {
    if (stop_signal() != 0) throw std::runtime_error("it was stopped");
    return run();
  });
}

double EtlSounds::read_and_write(int threads) const {
  std::atomic<std::size_t> next = 0;
  std::vector<std::exception_ptr> failures(static_cast<std::size_t>(threads));
  const double seconds = seconds_of([&] {
    std::vector<std::jthread> workers;
    for (std::exception_ptr& failure : failures)
      workers.emplace_back([&] {
        try {
          for (std::size_t at; (at = next++) < tasks_.size();)
            copy_over(tasks_[at].input, tasks_[at].output());
        } catch (...) {
          failure = std::current_exception();
        }
      });
  });
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
  return seconds;
}

void EtlSounds::make(const MeasurementOptions& options) {
  const double bytes = 2 * files_ * minutes_ * 60 * 44'100 * sizeof(float);
  // They are to stay in the page cache, with as much for what works on them.
  need_memory(2 * bytes);
  place_.emplace("sounds-",
                 std::vector<fs::path>{place_with_room(options.programs, 1.2 * bytes)});
  for (int number = 1; number <= files_; ++number) {
    tasks_.push_back({.input = sound_path(place_->path(), number),
                      .number = static_cast<std::uint64_t>(number),
                      .seed = 1});
    throw_if_failed(make_sound_if_missing(tasks_.back().input, minutes_));
    fs::copy_file(tasks_.back().input, tasks_.back().output());
  }
}

}  // namespace measurements
