#include "examples_2025_03_03_17_26/etl_options.hpp"

#include <fmt/core.h>

#include <charconv>
#include <string>
#include <system_error>
#include <vector>

#include "program/command_line.hpp"

inline namespace book {

namespace {

// A WAV file counts its bytes with 32 bits: that is 405 minutes.
constexpr double max_minutes = 400;

std::string check_minutes(const std::string& text) {
  double minutes = 0;
  if (CLI::detail::lexical_cast(text, minutes) && minutes > 0 && minutes <= max_minutes)
    return {};
  return fmt::format("{} is not a number of minutes above 0 and up to {}", text,
                     max_minutes);
}

std::string check_seed(const std::string& text) {
  std::uint64_t seed = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error == std::errc() && end == text.data() + text.size()) return {};
  return text + " is no whole number from 0 to 2^64 - 1";
}

}  // namespace

EtlOptions etl_options(int argc, char** argv) {
  EtlOptions options;
  CLI::App app("Adds noise to sounds: reads, transforms and writes their files.");
  bool is_serial = false;
  auto* serial = app.add_flag("--serial", is_serial,
                              "Transform one sound after the other (the default)");
  auto* threads = app.add_option("--threads", options.workers,
                                 "Number of threads to share the sounds among");
  auto* processes = app.add_option("--processes", options.workers,
                                   "Number of processes to share the sounds among");
  for (auto* workers : {threads, processes})
    workers->check(CLI::Range(1, 1000))->excludes(serial);
  threads->excludes(processes);
  app.add_option("--files", options.files, "Number of sounds")
      ->check(CLI::Range(1, 9999))
      ->capture_default_str();
  app.add_option("--minutes", options.minutes,
                 "Minutes that a sound lasts that is made")
      ->check(check_minutes)
      ->capture_default_str();
  app.add_option("--directory", options.directory,
                 "Directory of the sounds; missing sounds are made")
      ->check(
          [](const std::string& path) { return path.empty() ? "it has no name" : ""; })
      ->capture_default_str();
  app.add_option("--seed", options.seed, "Seed of the noise")
      ->check(check_seed)
      ->capture_default_str();
  app.add_flag("--simple", options.simple,
               "Use libsndfile and the standard library alone");
  std::vector<std::string> names;
  for (const InstructionSet set : instruction_sets()) names.emplace_back(name_of(set));
  std::string instructions = names.back();
  app.add_option("--instructions", instructions,
                 "Instruction set that computes the noise")
      ->check(CLI::IsMember(names))
      ->capture_default_str();
  parse_command_line(app, argc, argv);
  for (const InstructionSet set : instruction_sets())
    if (name_of(set) == instructions) options.instructions = set;
  if (*threads) options.style = Style::threads;
  if (*processes) options.style = Style::processes;
  return options;
}

}  // namespace book
