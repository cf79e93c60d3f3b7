#include "examples_2025_03_03_17_26/map_options.hpp"

#include "examples_2017_09_09_12_16/available_cores.hpp"
#include "program/command_line.hpp"

inline namespace book {

MapOptions map_options(int argc, char** argv) {
  MapOptions options;
  options.workers = available_cores();
  CLI::App app("Computes Fibonacci numbers on one core, then in a pool of processes.");
  app.add_option("--count", options.count, "How many numbers, 0 first")
      ->check(CLI::Range(1, 100'000));
  app.add_option("--workers", options.workers,
                 "Processes in the pool, one for each core")
      ->check(CLI::Range(1, 1000));
  app.add_option("--chunks", options.chunk_sizes,
                 "How many numbers are given to a worker at once; one run for each")
      ->check(CLI::Range(1, 100'000))
      ->delimiter(',');
  parse_command_line(app, argc, argv);
  return options;
}

}  // namespace book
