#include "examples_2017_09_09_12_16/message_passing/consumers_option.hpp"

#include <errno.h>
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <thread>

int consumers_option(int argc, char** argv) {
  int consumers = 2 * static_cast<int>(std::thread::hardware_concurrency());
  CLI::App app("Gives ten tasks to consumers, each a process.");
  app.add_option("--consumers", consumers, "How many, instead of two for each core")
      ->check(CLI::Range(1, 1000));
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return fmt::format("{}: {}\n", program_invocation_short_name, error.what());
  });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error) == EXIT_SUCCESS ? EXIT_SUCCESS : 2);
  }
  return consumers;
}
