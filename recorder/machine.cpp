#include "recorder/machine.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "program/system_error.hpp"
#include "recorder/git_commit.hpp"
#include "recorder/library_versions.hpp"
#include "recorder/python_versions.hpp"
#include "recorder/resources.hpp"
#include "recorder/utc_now.hpp"

namespace recorder {

using nlohmann::json;
namespace fs = std::filesystem;

namespace {

/// The value of the first line of a file that begins with a key.
std::string field(const fs::path& path, const std::string& key, char separator) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);)
    if (line.compare(0, key.size(), key) == 0) {
      std::string value = line.substr(line.find(separator) + 1);
      boost::trim_if(value, boost::is_any_of(" \t\""));
      return value;
    }
  return {};
}

template <typename Value>
json json_or_null(const std::optional<Value>& value) {
  return value ? json(*value) : json();
}

/// The processor, the cores and the memory that this process may use.
json describe_hardware(const utsname& kernel) {
  const auto limits = limits_of_groups();
  std::string processor = field("/proc/cpuinfo", "model name", ':');
  if (processor.empty()) processor = kernel.machine;  // 64-bit ARM has no name there
  const std::string features = field("/proc/cpuinfo", "flags", ':') + " ";
  return {{"processor", processor},
          {"cores", usable_cores(limits)},
          {"cores_online", sysconf(_SC_NPROCESSORS_ONLN)},
          {"cores_are_threads", share_a_core()},
          {"virtual_machine", features.find(" hypervisor ") != std::string::npos},
          {"cpu_quota", json_or_null(limits.cores)},
          {"memory_bytes", usable_memory_bytes(limits)}};
}

/// The system, the compiler and the libraries.
json describe_software(const utsname& kernel, const fs::path& python) {
  const auto python_says = python_versions(python);
  auto versions = library_versions();
  const std::vector<std::pair<const char*, const char*>> packages{
      {"Pillow", "pillow"}, {"NumPy", "numpy"}, {"soundfile", "soundfile"}};
  for (const auto& [name, package] : packages)
    versions.emplace_back(name, python_says.packages.at(package));
  json libraries = json::array();
  for (const auto& [name, version] : versions)
    libraries.push_back({{"name", name}, {"version", version}});
  return {{"kernel", fmt::format("{} {}", kernel.sysname, kernel.release)},
          {"system", field("/etc/os-release", "PRETTY_NAME", '=')},
          {"compiler", compiler_version()},
          {"flags", compiler_flags()},
          {"libraries", std::move(libraries)},
          {"python", python_says.python}};
}

}  // namespace

json describe_machine(const fs::path& root, const fs::path& python) {
  utsname kernel{};
  program::throw_on_error(uname(&kernel), "uname");
  json machine = describe_hardware(kernel);
  machine.update(describe_software(kernel, python));
  const auto commit = git_commit(root);
  machine.update({{"commit", json_or_null(commit.id)},
                  {"commit_note", json_or_null(commit.note)},
                  {"commit_modified", json_or_null(commit.is_modified)},
                  {"date", utc_now().substr(0, 10)}});
  return machine;
}

}  // namespace recorder
