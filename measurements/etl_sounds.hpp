/// @file
/// The sounds of the measurement `etl`, and its parts.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "examples_2025_03_03_17_26/sounds.hpp"
#include "measurements/comparison.hpp"
#include "measurements/measurement.hpp"
#include "program/file_descriptor.hpp"
#include "program/temporary_directory.hpp"

namespace measurements {

/// The sounds that all peers work on, in a directory of their own; or why there are
/// none.
class EtlSounds {
 public:
  /// @throws std::exception what no limit of the machine's explains.
  explicit EtlSounds(const MeasurementOptions& options);

  int files() const { return files_; }
  double minutes() const { return minutes_; }  ///< Of each.

  /// What is done with each of them.
  const std::vector<SoundTask>& tasks() const { return tasks_; }

  /// A path beside them; empty if there are none.
  std::string path_of(const std::string& name) const;

  /// The directory of the sounds; none if there are none.
  std::string directory() const;

  /// Adds a peer that needs the sounds to a comparison, or why there are none.
  void add(Comparison& comparison, const std::string& name,
           const std::function<double()>& run) const;

  /// The limit: seconds to read and write the same bytes, over files that are there.
  /// For one thread.
  double read_and_write(int threads) const;

 private:
  void make(const MeasurementOptions& options);

  const int files_;
  const double minutes_;
  std::optional<program::TemporaryDirectory> place_;
  std::vector<SoundTask> tasks_;
  std::string missing_;
};

/// Throws what a program of the book says went wrong with a sound, if anything did.
/// @throws NotMeasured if it names a limit of the machine's, std::runtime_error if not.
void throw_if_failed(const std::string& failure);

/// Opens a file to be written over.
/// @param flags More flags for `open`.
/// @throws std::system_error if it cannot be.
program::FileDescriptor open_to_write(const std::string& path, int flags = 0);

/// Compares the program in each style with CPython's pool, and with reading and writing
/// alone: two workers each, and the same sounds for all.
void measure_etl_styles(const MeasurementOptions& options, const EtlSounds& sounds,
                        Report& report);

/// Measures the steps from the simple way to the fast one, in one thread.
void measure_etl_steps(const MeasurementOptions& options, const EtlSounds& sounds,
                       Report& report);

/// Measures one sound written, and nothing else, in each way; and noise alone.
void measure_writing(const MeasurementOptions& options, const EtlSounds& sounds,
                     Report& report);

}  // namespace measurements
