#include "examples_2025_03_03_17_26/map_options.hpp"

#include "examples_2017_09_09_12_16/available_cores.hpp"
#include "program/command_line.hpp"

inline namespace book {

MapOptions map_options(int argc, char** argv) {
  MapOptions options;
  options.workers = available_cores();
  CLI::App app("Computes Fibonacci numbers on one core, then in a pool of processes.");
  app.add_option("--count", options.count,
                 "Number of Fibonacci numbers, from 0 on (default: 10000)")
      ->check(CLI::Range(1, 100'000));
  app.add_option("--workers", options.workers,
                 "Number of processes in the pool (default: one for each core)")
      ->check(CLI::Range(1, 1000));
  app.add_option("--chunks", options.chunk_sizes,
                 "Chunk sizes, one run for each (default: 1,10,100,1000)")
      ->check(CLI::Range(1, 100'000))
      ->delimiter(',');
  parse_command_line(app, argc, argv);
  return options;
}

}  // namespace book
