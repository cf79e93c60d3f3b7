#include "measurements/measurement.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "measurements/other_programs.hpp"
#include "program/command_line.hpp"
#include "program/error_line.hpp"
#include "program/system_error.hpp"
#include "program/write_file.hpp"

namespace measurements {
namespace {

/// Opens those of the descriptors 0 to 2 that were closed when this program began: a
/// pipe to a program that it runs must not become one of them. They cannot be written
/// to.
void open_standard_descriptors() {
  for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(file, F_GETFD) < 0 && ::open("/dev/null", O_RDONLY) != file)
      program::throw_errno("/dev/null");
}

/// Has the Python programs that this process starts import modules by their path from
/// the project's root, and nothing that the reader's variables name.
void find_python_modules_below(const std::string& root) {
  std::vector<std::string> names;
  for (char** variable = ::environ; *variable; ++variable) {
    const std::string_view text(*variable);
    if (text.starts_with("PYTHON")) names.emplace_back(text.substr(0, text.find('=')));
  }
  for (const std::string& name : names)
    program::throw_on_error(::unsetenv(name.c_str()), name);
  const std::string path = std::filesystem::absolute(root).lexically_normal();
  program::throw_on_error(::setenv("PYTHONPATH", path.c_str(), 1), "PYTHONPATH");
}

}  // namespace

int run_measurement(int argc, char** argv, std::string_view name,
                    std::string_view title, const Body& body) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  CLI::App app{std::string(title)};
  MeasurementOptions options;
  app.add_option("--output", options.output, "JSON file to write the figures to");
  app.add_option("--programs", options.programs,
                 "Build directory of the programs (default: build/book)");
  app.add_option("--root", options.root,
                 "Source directory of the Python counterparts (default: .)");
  app.add_option("--python", options.python,
                 "Python that runs the counterparts (default: python3)");
  std::string form = name_of(options.form);
  app.add_option("--form", form,
                 "How thoroughly to measure: trial shows that it works, short takes "
                 "seconds, long is for publishing (default: long)")
      ->check(CLI::IsMember({"trial", "short", "long"}));
  parse_command_line(app, argc, argv);
  options.form = form_of(form);

  try {
    open_standard_descriptors();
    find_python_modules_below(options.root);
    Report report;
    const OtherPrograms others;
    body(options, report);
    if (!options.output.empty())
      program::write_file(options.output,
                          report.json(name, options.form, others.share()) + '\n');
    return 0;
  } catch (const std::exception& error) {
    print_error_line("", error.what(), "");
    return 1;
  }
}

}  // namespace measurements
