#include "examples_2025_03_03_15_36/download_directory.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "program/command_line.hpp"
#include "program/write_file.hpp"

inline namespace book {

std::string directory_option(int argc, char** argv) {
  std::string directory;
  CLI::App app("Fetches ten files over HTTP from a server of its own.");
  app.add_option("--directory", directory,
                 "Directory to save the files in (default: a temporary directory)");
  parse_command_line(app, argc, argv);
  return directory;
}

DownloadDirectory::DownloadDirectory(const std::string& given,
                                     boost::asio::any_io_executor signals)
    : directory_(given, "downloads", std::move(signals)) {}

void DownloadDirectory::save(const std::string& name, const std::string& bytes) const {
  const std::filesystem::path path = directory_.path() / name;
  std::error_code error;
  {
    const auto held = directory_.hold();
    try {
      program::write_file(path, bytes);
    } catch (const std::system_error& failed) {
      error = failed.code();
    }
  }
  if (error) throw std::system_error(error, "cannot save " + path.string());
}

void DownloadDirectory::compare_with(const FileSet& files) const {
  std::filesystem::path changed;
  {
    // Nobody may remove the files meanwhile, or they would be missed here.
    const auto held = directory_.hold();
    for (const auto& [name, bytes] : files) {
      std::ifstream file(directory_.path() / name, std::ios::binary);
      const std::string saved(std::istreambuf_iterator<char>(file), {});
      if (saved == bytes) continue;
      changed = directory_.path() / name;
      break;
    }
  }
  if (!changed.empty())
    throw std::runtime_error(changed.string() + " is not what was served");
}

}  // namespace book
