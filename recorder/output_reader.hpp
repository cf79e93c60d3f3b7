#pragma once

/// @file
/// Reads what comes out of a program, line by line, each with its writer.

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "program/file_descriptor.hpp"
#include "recorder/run.hpp"

namespace recorder {

/// A write that a thread is about to make.
struct ExpectedWrite {
  std::size_t thread;
  double time;
  int file;
  std::string data;  ///< What has not come out yet.
};

/// The writes that were announced and have not come out, in the order of their time.
///
/// What a thread writes to descriptor 1 may come out as standard error, or not at all
/// (a shell's `echo 2>&1`, a child's redirected output), so it is found by what it
/// says.
using ExpectedWrites = std::deque<ExpectedWrite>;

/// What comes out of a program through one descriptor, cut into lines, each with the
/// thread that wrote it.
class OutputReader {
 public:
  /// @param from     where to read it; not blocking.
  /// @param stream   the name of the stream; empty where it carries both.
  /// @param expected what the threads were seen writing.
  OutputReader(program::FileDescriptor from, std::string stream,
               ExpectedWrites& expected)
      : file(std::move(from)), stream_(std::move(stream)), expected_(expected) {}

  /// Reads what is there, and adds the lines that ended to those of the run.
  ///
  /// @param now seconds since the program's start.
  /// @return whether more can come.
  bool read(std::vector<Line>& lines, double now);

  /// Where it is read; none after its end.
  program::FileDescriptor file;

 private:
  void take(std::string_view bytes, std::vector<Line>& lines, double now);
  std::size_t take_part(std::string_view bytes, double now);
  void end_line(std::vector<Line>& lines);

  std::string stream_;
  ExpectedWrites& expected_;
  Line open_line_{};
};

}  // namespace recorder
