# The project's options, and the two targets that carry the language level and
# the warnings; everything of ours links `book::options`.
include(CTest)
option(BOOK_SITE "Record every program and make the site" OFF)
set(BOOK_SANITIZER "" CACHE STRING "Sanitizers, comma-separated: address,undefined or thread")

set(CMAKE_CXX_EXTENSIONS OFF)

add_library(book_options INTERFACE)
add_library(book::options ALIAS book_options)
target_compile_features(book_options INTERFACE cxx_std_20)
target_compile_options(book_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor)
# The programs and headers are included by their path from the project's root.
target_include_directories(book_options INTERFACE "${PROJECT_SOURCE_DIR}")

if(BOOK_SANITIZER)
  target_compile_options(book_options INTERFACE
    -fsanitize=${BOOK_SANITIZER} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  # g++ 12 warns of the standard library's own code once it is instrumented.
  target_compile_options(book_options INTERFACE -Wno-maybe-uninitialized)
  target_link_options(book_options INTERFACE -fsanitize=${BOOK_SANITIZER})
  if(BOOK_SANITIZER STREQUAL "thread")
    # Asio falls back on a fence that ThreadSanitizer does not model.
    target_compile_options(book_options INTERFACE -Wno-tsan)
  endif()
endif()
