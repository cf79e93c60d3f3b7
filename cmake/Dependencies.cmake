# The libraries of the book, as Debian and Ubuntu package them (.ci/setup installs them).
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(Boost 1.81 CONFIG REQUIRED) # CMake's own module for it is being removed
find_package(fmt REQUIRED)

# Only some programs need these.
find_optional_package(CLI11 CLI11::CLI11 libcli11-dev)
find_optional_package(TBB TBB::tbb libtbb-dev)
find_optional_package(cereal cereal::cereal libcereal-dev)
find_optional_package(nlohmann_json nlohmann_json::nlohmann_json nlohmann-json3-dev)

# The Python that C++ programs have inside is the distribution's, whose headers come with
# it, whatever other one comes first in the path.
set(Python3_EXECUTABLE /usr/bin/python3)
find_optional_package(Python3 Python3::Python python3-dev
  COMPONENTS Interpreter Development.Embed
)
set(PYBIND11_NOPYTHON ON) # it need not look for another one
find_optional_package(pybind11 pybind11::headers pybind11-dev 2.10)
add_library(embedded_python INTERFACE)
target_link_libraries(embedded_python INTERFACE pybind11::headers Python3::Python)
target_compile_definitions(embedded_python INTERFACE BOOK_EMBEDDED_PYTHON="${Python3_EXECUTABLE}")
if(BOOK_SANITIZER MATCHES "address")
  target_sources(
    embedded_python
    INTERFACE "${PROJECT_SOURCE_DIR}/program/embedded_python_leaks.cpp"
  )
endif()

# By name: GMP and libsndfile have no configuration for CMake; those of OpenCV and TurboJPEG
# come with packages that bring in all of OpenCV, or the tools of libjpeg-turbo.
find_optional_library(opencv_imgproc libopencv-imgproc-dev opencv2/imgproc.hpp opencv_core)
find_optional_library(turbojpeg libturbojpeg0-dev turbojpeg.h)
find_optional_library(sndfile libsndfile1-dev sndfile.h)
find_optional_library(gmp libgmp-dev gmp.h)

# <name>_VERSION, of which their headers do not speak, or not in one word.
foreach(name IN ITEMS turbojpeg sndfile gmp)
  if(NOT ${name}_LIBRARY)
    continue()
  endif()
  cmake_path(GET ${name}_LIBRARY PARENT_PATH directory)
  file(GLOB description "${directory}/pkgconfig/*${name}.pc")
  file(STRINGS "${description}" ${name}_VERSION REGEX "^Version:")
  string(REGEX REPLACE "^Version: *" "" ${name}_VERSION "${${name}_VERSION}")
endforeach()

if(BOOK_SITE OR BUILD_TESTING)
  require_optional_libraries()
endif()
# A peer: where it is missing, its figures are not measured.
find_package(mimalloc QUIET)

# The counterparts, the site and its tests run on the pinned Python side, which
# .ci/setup puts in a virtual environment beside the build or in the source's build/.
if(NOT BOOK_PYTHON)
  foreach(
    directory
    IN
    ITEMS "${PROJECT_BINARY_DIR}" "${PROJECT_BINARY_DIR}/.." "${PROJECT_SOURCE_DIR}/build"
  )
    set(python "${directory}/venv/bin/python3")
    if(EXISTS "${python}")
      break()
    endif()
  endforeach()
  cmake_path(NORMAL_PATH python)
endif()
set(
  BOOK_PYTHON
  "${python}"
  CACHE FILEPATH
  "The Python that runs the counterparts and makes the site"
)
if(NOT EXISTS "${BOOK_PYTHON}" AND (BOOK_SITE OR BOOK_MEASUREMENTS OR BUILD_TESTING))
  message(FATAL_ERROR "${BOOK_PYTHON} is missing: run `sh .ci/setup` first.")
endif()

# Asio is heavy to compile: its implementation is compiled once, here.
file(
  CONFIGURE
  OUTPUT "${PROJECT_BINARY_DIR}/asio.cpp"
  CONTENT "#include <boost/asio/impl/src.hpp>\n"
)
add_library(asio STATIC "${PROJECT_BINARY_DIR}/asio.cpp")
add_library(book::asio ALIAS asio)
target_link_libraries(asio PUBLIC Boost::headers Threads::Threads PRIVATE book::options)
# An error says what went wrong, without the place in Asio's own source.
target_compile_definitions(
  asio
  PUBLIC BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_DISABLE_ERROR_LOCATION
)
