#include "examples_2017_09_09_12_16/message_passing/consumers_option.hpp"

#include "examples_2017_09_09_12_16/available_cores.hpp"
#include "program/command_line.hpp"

inline namespace book {

int consumers_option(int argc, char** argv) {
  int consumers = 2 * available_cores();
  CLI::App app("Gives ten tasks to consumers, each a process.");
  app.add_option("--consumers", consumers,
                 "Number of consumers (default: two for each core)")
      ->check(CLI::Range(1, 1000));
  parse_command_line(app, argc, argv);
  return consumers;
}

}  // namespace book
