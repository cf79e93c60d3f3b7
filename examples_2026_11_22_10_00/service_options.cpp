#include "examples_2026_11_22_10_00/service_options.hpp"

#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "program/command_line.hpp"
#include "program/system_error.hpp"

inline namespace book {

namespace {

// The same command without `--load N`, as the load generator's server.
[[noreturn]] void become_load(int connections, int argc, char** argv) {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  const std::string load = std::filesystem::path(self).parent_path() / "6_4_load";
  std::vector<std::string> words{
      load, "--connections", std::to_string(connections), "--requests", "5", "--",
      self};
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--load")
      ++i;
    else if (!word.starts_with("--load="))
      words.push_back(word);
  }
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(load.c_str(), arguments.data());
  program::throw_errno("cannot start 6_4_load");
}

}  // namespace

ServiceOptions service_options(int argc, char** argv, int* loops) {
  ServiceOptions options;
  int think = static_cast<int>(options.think.count());
  int timeout = static_cast<int>(options.timeout.count());
  int computing = 0;
  int load = 0;
  CLI::App app("Answers GET / over HTTP on 127.0.0.1, until Ctrl-C.");
  app.add_option("--port", options.port,
                 "Port to listen on (default: any that is free)");
  app.add_option("--think-ms", think,
                 "Milliseconds that finding an answer takes (default: 10)")
      ->check(CLI::Range(0, 3'600'000));
  app.add_option("--timeout-ms", timeout,
                 "Milliseconds that a client may take (default: 60000)")
      ->check(CLI::Range(1, 3'600'000));
  app.add_option("--compute-us", computing,
                 "Microseconds that an answer keeps a core busy (default: 0)")
      ->check(CLI::Range(0, 1'000'000));
  if (loops)
    app.add_option("--loops", *loops,
                   "Number of event loops (default: one for each core)")
        ->check(CLI::Range(1, 1'000));
  app.add_option("--load", load,
                 "Run under a load of this number of connections, then end")
      ->check(CLI::Range(1, 1'000'000));
  parse_command_line(app, argc, argv);
  options.think = std::chrono::milliseconds(think);
  options.timeout = std::chrono::milliseconds(timeout);
  options.compute = std::chrono::microseconds(computing);
  if (load > 0) become_load(load, argc, argv);
  return options;
}

}  // namespace book
