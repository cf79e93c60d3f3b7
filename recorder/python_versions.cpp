#include "recorder/python_versions.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "recorder/ask.hpp"

namespace recorder {

PythonVersions python_versions(const std::filesystem::path& python) {
  // Isolated, as the counterparts are from the user's packages and from this directory.
  const auto says = ask({std::filesystem::absolute(python).string(), "-I", "-c", R"(
import json, platform
from importlib.metadata import PackageNotFoundError, version
def version_of(name):
    try: return version(name)
    except PackageNotFoundError: return "not installed"
print(json.dumps({
    "python": f"{platform.python_implementation()} {platform.python_version()}",
    "packages": {name: version_of(name)
                 for name in ("pillow", "numpy", "soundfile")}}))
)"});
  if (!says.failure.empty())
    throw std::runtime_error(
        fmt::format("the versions of Python's packages are not known: {}\n{}",
                    says.failure, says.error));
  const auto told = nlohmann::json::parse(says.output);
  return {told.at("python"), told.at("packages")};
}

}  // namespace recorder
