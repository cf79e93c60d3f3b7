# The libraries of the book, as Debian and Ubuntu package them (.ci/setup installs them).
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(TBB REQUIRED)
find_package(fmt REQUIRED)
find_package(cereal REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)

# The counterparts, the site and its tests run on the pinned Python side, which
# .ci/setup puts in a virtual environment of the build.
set(BOOK_PYTHON "${PROJECT_SOURCE_DIR}/build/venv/bin/python3" CACHE FILEPATH
  "The Python that runs the counterparts and makes the site")
if(NOT EXISTS "${BOOK_PYTHON}")
  message(FATAL_ERROR "${BOOK_PYTHON} is missing: run `sh .ci/setup` first.")
endif()

# Asio is heavy to compile: its implementation is compiled once, here.
file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/asio.cpp" CONTENT
  "#include <boost/asio/impl/src.hpp>\n")
add_library(asio STATIC "${PROJECT_BINARY_DIR}/asio.cpp")
add_library(book::asio ALIAS asio)
target_link_libraries(asio PUBLIC Boost::headers Threads::Threads PRIVATE book::options)
# An error says what went wrong, without the place in Asio's own source.
target_compile_definitions(asio PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_DISABLE_ERROR_LOCATION)
