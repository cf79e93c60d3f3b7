#include "examples_2025_03_03_16_52/picture_directory.hpp"

#include <fmt/core.h>

#include <boost/asio/post.hpp>
#include <filesystem>

#include "examples_2017_09_09_12_16/available_cores.hpp"
#include "examples_2025_03_03_15_36/thread_names.hpp"
#include "examples_2025_03_03_16_52/pictures.hpp"
#include "program/command_line.hpp"
#include "program/error_line.hpp"
#include "program/write_file.hpp"

inline namespace book {

PictureOptions picture_options(int argc, char** argv, const std::string& workers) {
  PictureOptions options;
  options.workers = available_cores();
  CLI::App app("Blurs and shrinks twelve pictures.");
  app.add_option("--directory", options.directory,
                 "Directory of the pictures (default: a temporary directory); missing "
                 "pictures are made");
  if (!workers.empty())
    app.add_option(workers, options.workers, "Number of " + workers.substr(2))
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
  parse_command_line(app, argc, argv);
  return options;
}

PictureDirectory::PictureDirectory(const std::string& given)
    : waiting_(1), directory_(given, "pictures", waiting_.get_executor()) {
  boost::asio::post(waiting_, [] { name_this_thread("signals"); });
  try {
    std::filesystem::create_directory(directory_.path() / "processed");
    for (int number = 1; number <= 12; ++number) {
      const auto picture = directory_.path() / fmt::format("picture-{:02}.jpg", number);
      if (!std::filesystem::exists(std::filesystem::symlink_status(picture)))
        program::write_file(picture, make_picture(number));
      pictures_.push_back(picture);
    }
  } catch (...) {
    // It is no error if the directory was removed because the program is being ended.
    static_cast<void>(directory_.hold());
    throw;
  }
}

const std::vector<std::string>& PictureDirectory::pictures() const {
  return pictures_;
}

void PictureDirectory::report(const std::string& what) {
  const auto held = OutputDirectory::hold();
  print_error_line("", what.c_str(), "");
}

}  // namespace book
