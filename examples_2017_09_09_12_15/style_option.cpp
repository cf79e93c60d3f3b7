#include "examples_2017_09_09_12_15/style_option.hpp"

#include "program/command_line.hpp"

inline namespace book {

std::string style_option(int argc, char** argv,
                         const std::vector<std::string>& styles) {
  std::string chosen = styles.front();
  CLI::App app("Does the same work in one of several styles.");
  CLI::Option_group* const group = app.add_option_group("Styles", "At most one of");
  group->require_option(0, 1);
  for (const std::string& style : styles)
    group->add_flag_callback(
        "--" + style, [&chosen, &style] { chosen = style; },
        style == styles.front() ? "Use this style (the default)" : "Use this style");
  parse_command_line(app, argc, argv);
  return chosen;
}

}  // namespace book
