#include "recorder/library_versions.hpp"

#include <fmt/format.h>
#if __has_include(<mimalloc.h>)
#include <mimalloc.h>
#endif
#include <oneapi/tbb/version.h>

#include <CLI/Version.hpp>
#include <boost/version.hpp>
#include <cereal/version.hpp>
#include <nlohmann/json.hpp>
#include <opencv2/core/version.hpp>

namespace recorder {
namespace {

std::string version(int major, int minor, int patch) {
  return fmt::format("{}.{}.{}", major, minor, patch);
}

}  // namespace

std::string compiler_version() {
#if defined(__clang__)
  return "clang++ " + version(__clang_major__, __clang_minor__, __clang_patchlevel__);
#else
  return "g++ " + version(__GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
}

std::string compiler_flags() {
  return BOOK_COMPILER_FLAGS;
}

std::vector<std::pair<std::string, std::string>> library_versions() {
  return {
      {"Boost", version(BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000,
                        BOOST_VERSION % 100)},
      {"oneTBB", version(TBB_VERSION_MAJOR, TBB_VERSION_MINOR, TBB_VERSION_PATCH)},
      {"{fmt}",
       version(FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
      {"cereal",
       version(CEREAL_VERSION_MAJOR, CEREAL_VERSION_MINOR, CEREAL_VERSION_PATCH)},
      {"CLI11", CLI11_VERSION},
      {"JSON for Modern C++",
       version(NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
               NLOHMANN_JSON_VERSION_PATCH)},
      {"OpenCV", CV_VERSION},
      {"libjpeg-turbo", BOOK_TURBOJPEG_VERSION},
      {"libsndfile", BOOK_SNDFILE_VERSION},
      {"GMP", BOOK_GMP_VERSION},
#ifdef MI_MALLOC_VERSION
      {"mimalloc", version(MI_MALLOC_VERSION / 100, MI_MALLOC_VERSION / 10 % 10,
                           MI_MALLOC_VERSION % 10)},
#endif
      {"pybind11", BOOK_PYBIND11_VERSION},
  };
}

}  // namespace recorder
