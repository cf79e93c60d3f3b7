#include "examples_2025_03_03_17_26/etl_report.hpp"

#include <errno.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "examples_2025_03_03_17_26/stopping.hpp"

inline namespace book {

namespace {

bool can_write_lines_anew() {
  const char* terminal = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) && terminal && std::string_view(terminal) != "dumb";
}

double megabytes_per_second(std::uint64_t bytes, double seconds) {
  return static_cast<double>(bytes) / 1e6 / seconds;
}

}  // namespace

EtlReport::EtlReport(int files, std::chrono::steady_clock::duration soon)
    : files_(files),
      on_terminal_(can_write_lines_anew()),
      shown_from_(std::chrono::steady_clock::now() + soon) {}

EtlReport::~EtlReport() {
  hide();
}

void EtlReport::show_progress(const std::string& what) {
  const std::lock_guard lock(mutex_);
  show(what);
}

void EtlReport::add(const std::string& path, const Transformed& result) {
  const std::string name = std::filesystem::path(path).filename();
  const std::lock_guard lock(mutex_);
  hide();
  ++done_;
  bytes_ += result.bytes;
  if (result.failure.empty()) {
    fmt::print("{} completed in {:.4f} s: {:.0f} MB/s\n", name, result.seconds,
               megabytes_per_second(result.bytes, result.seconds));
  } else {
    ++failures_;
    if (stop_signal() == 0)
      fmt::print(stderr, "{}: {}: {}\n", program_invocation_short_name, name,
                 result.failure);
  }
  if (done_ < files_) show(fmt::format("{} of {} files", done_, files_));
}

void EtlReport::finish() {
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start_;
  const std::lock_guard lock(mutex_);
  hide();
  fmt::print("etl took {:.4f} s in all: {:.0f} MB/s\n", taken.count(),
             megabytes_per_second(bytes_, taken.count()));
}

void EtlReport::show(const std::string& what) {
  hide();
  if (!on_terminal_ || std::chrono::steady_clock::now() < shown_from_) return;
  is_shown_ = true;
  fmt::print(stderr, "{}", what);
}

void EtlReport::hide() {
  if (is_shown_) std::fputs("\r\x1b[K", stderr);  // erases the line
  is_shown_ = false;
}

}  // namespace book
