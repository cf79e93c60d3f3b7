#include "examples_2017_09_09_12_15/style_option.hpp"

#include <errno.h>
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdlib>

std::string style_option(int argc, char** argv,
                         const std::vector<std::string>& styles) {
  std::string chosen = styles.front();
  CLI::App app("Does the same work in one of several styles.");
  CLI::Option_group* const group = app.add_option_group("Styles", "At most one of");
  group->require_option(0, 1);
  for (const std::string& style : styles)
    group->add_flag_callback("--" + style, [&chosen, &style] { chosen = style; });
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return fmt::format("{}: {}\n", program_invocation_short_name, error.what());
  });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error) == EXIT_SUCCESS ? EXIT_SUCCESS : 2);
  }
  return chosen;
}
