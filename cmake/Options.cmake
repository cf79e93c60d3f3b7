# The project's options, and the targets that carry them: `book::base` has the language
# level and the warnings, `book::options` the sanitizers, too. Everything of ours links
# the second, but for the few programs that choose their own sanitizer.
option(BUILD_TESTING "Add the tests" OFF)
include(CTest)
# A test's timeout ends what hangs, and nothing else: so many seconds are enough beside
# other heavy work and under a sanitizer.
set(BOOK_TEST_TIMEOUT 1800)
option(BOOK_SITE "Add the targets that record every program and make the site" OFF)
set(needs_measurements OFF)
if(BOOK_SITE OR BUILD_TESTING)
  set(needs_measurements ON)
endif()
option(BOOK_MEASUREMENTS "Add what the book measures beside its programs" ${needs_measurements})
if(needs_measurements AND NOT BOOK_MEASUREMENTS)
  message(
    FATAL_ERROR
    "BOOK_MEASUREMENTS is off, but the book's pages cite the measurements, and its tests run "
    "them: turn it on, or turn BOOK_SITE and BUILD_TESTING off."
  )
endif()
set(
  BOOK_FORM
  short
  CACHE STRING
  "How thoroughly the book measures: short, or long, as for publishing it"
)
set_property(CACHE BOOK_FORM PROPERTY STRINGS short long)
if(NOT BOOK_FORM MATCHES "^(short|long)$")
  message(FATAL_ERROR "BOOK_FORM is \"${BOOK_FORM}\": it can be short or long.")
endif()
option(
  BOOK_REQUIRE_ALL
  "Let the site fail where a figure was not measured or a claim does not hold"
  OFF
)
set(BOOK_SANITIZER "" CACHE STRING "Sanitizers, comma-separated: address,undefined or thread")

set(CMAKE_CXX_EXTENSIONS OFF)

add_library(book_base INTERFACE)
add_library(book::base ALIAS book_base)
target_compile_features(book_base INTERFACE cxx_std_20)
target_compile_options(
  book_base
  INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
)
# All alike, or they could not share precompiled headers.
target_link_libraries(book_base INTERFACE Threads::Threads)
# The programs and headers are included by their path from the project's root.
target_include_directories(book_base INTERFACE "${PROJECT_SOURCE_DIR}")

add_library(book_options INTERFACE)
add_library(book::options ALIAS book_options)
target_link_libraries(book_options INTERFACE book_base)

if(BOOK_SANITIZER)
  target_compile_options(
    book_options
    INTERFACE -fsanitize=${BOOK_SANITIZER} -fno-sanitize-recover=all -fno-omit-frame-pointer
  )
  # g++ 12 warns of the standard library's own code once it is instrumented.
  target_compile_options(book_options INTERFACE -Wno-maybe-uninitialized)
  target_link_options(book_options INTERFACE -fsanitize=${BOOK_SANITIZER})
  if(BOOK_SANITIZER STREQUAL "thread")
    # Asio falls back on a fence that ThreadSanitizer does not model.
    target_compile_options(book_options INTERFACE -Wno-tsan)
  endif()
endif()
