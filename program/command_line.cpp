#include "program/command_line.hpp"

#include <cstdlib>

#include "program/error_line.hpp"

void parse_command_line(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    std::exit(app.exit(help));
  } catch (const CLI::ParseError& error) {
    print_error_line("", error.what(), "");
    std::exit(2);
  }
}
