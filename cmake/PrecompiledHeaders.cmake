# Compiles the headers that many files begin with once: precompiled headers.
#
# Most of the time that the book takes to build goes into reading the headers of {fmt},
# Asio, CLI11, JSON and Catch2 again for each file. A listing is still to include what it
# uses: the presets with sanitizers are built without.
#
# A precompiled header fits only what is compiled with the same macros as far as it reads
# them: those of {fmt} are defined for all of ours.
#
# A compiler cache does not know what to do with them, so they are not used where one is.
set(precompile ON)
if(CMAKE_CXX_COMPILER_LAUNCHER OR BOOK_SANITIZER)
  set(precompile OFF)
endif()
option(BOOK_PRECOMPILE_HEADERS "Compile headers that are often included once" ${precompile})

target_compile_definitions(
  book_base
  INTERFACE $<TARGET_PROPERTY:fmt::fmt,INTERFACE_COMPILE_DEFINITIONS>
)

# add_precompiled_headers(<name> [LIBRARIES <target>...] [OPTIONS <option>...]
#                         HEADERS <header>...)
function(add_precompiled_headers name)
  cmake_parse_arguments(PARSE_ARGV 1 these "" "" "LIBRARIES;OPTIONS;HEADERS")
  if(NOT BOOK_PRECOMPILE_HEADERS)
    return()
  endif()
  file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/empty.cpp" CONTENT "")
  add_library(precompiled.${name} OBJECT EXCLUDE_FROM_ALL "${PROJECT_BINARY_DIR}/empty.cpp")
  target_link_libraries(precompiled.${name} PRIVATE book::options ${these_LIBRARIES})
  target_compile_options(precompiled.${name} PRIVATE ${these_OPTIONS})
  target_precompile_headers(precompiled.${name} PRIVATE ${these_HEADERS})
endfunction()

# compile_quickly(<target> [<name>])
#
# For what is not measured, such as command lines, the recorder and the tests: half of the
# time goes into optimizing code that runs for milliseconds.
function(compile_quickly target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
  set(name "${ARGV1}")
  if(NOT name)
    set(name quick)
  endif()
  if(BOOK_PRECOMPILE_HEADERS)
    target_precompile_headers(${target} REUSE_FROM precompiled.${name})
  endif()
endfunction()

# share_precompiled_headers(<directory>)
#
# Has all executables and libraries of a directory and those below, which have none yet, use
# the precompiled headers of Asio, if they use that, or the standard ones. To be called when
# all is known that they link.
#
# Not those with compiler options of their own, as OpenMP has: these must be the same for both.
function(share_precompiled_headers directory)
  get_property(targets DIRECTORY "${directory}" PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(type ${target} TYPE)
    get_target_property(shared ${target} PRECOMPILE_HEADERS_REUSE_FROM)
    get_target_property(options ${target} COMPILE_OPTIONS)
    if(NOT type MATCHES "^(EXECUTABLE|STATIC_LIBRARY)$" OR shared OR options)
      continue()
    endif()
    set(all)
    add_linked(all ${target} FALSE)
    get_target_property(libraries ${target} LINK_LIBRARIES)
    if(NOT "book_options" IN_LIST all OR libraries MATCHES "OpenMP")
      continue()
    endif()
    set(name standard)
    if("asio" IN_LIST all)
      set(name asio)
    endif()
    target_precompile_headers(${target} REUSE_FROM precompiled.${name})
  endforeach()

  get_property(directories DIRECTORY "${directory}" PROPERTY SUBDIRECTORIES)
  foreach(below IN LISTS directories)
    share_precompiled_headers("${below}")
  endforeach()
endfunction()

set(
  standard_headers
  <fmt/core.h>
  <algorithm>
  <array>
  <atomic>
  <chrono>
  <condition_variable>
  <cstdint>
  <cstdio>
  <cstdlib>
  <cstring>
  <deque>
  <exception>
  <filesystem>
  <fstream>
  <functional>
  <future>
  <map>
  <memory>
  <mutex>
  <optional>
  <random>
  <ranges>
  <span>
  <stdexcept>
  <string>
  <string_view>
  <system_error>
  <thread>
  <utility>
  <vector>
)
add_precompiled_headers(standard LIBRARIES fmt::fmt HEADERS ${standard_headers})
add_precompiled_headers(asio LIBRARIES fmt::fmt book::asio
  HEADERS
    ${standard_headers}
    <boost/asio/any_io_executor.hpp>
    <boost/asio/awaitable.hpp>
    <boost/asio/bind_cancellation_slot.hpp>
    <boost/asio/co_spawn.hpp>
    <boost/asio/deferred.hpp>
    <boost/asio/detached.hpp>
    <boost/asio/io_context.hpp>
    <boost/asio/ip/tcp.hpp>
    <boost/asio/post.hpp>
    <boost/asio/read.hpp>
    <boost/asio/signal_set.hpp>
    <boost/asio/steady_timer.hpp>
    <boost/asio/this_coro.hpp>
    <boost/asio/thread_pool.hpp>
    <boost/asio/use_awaitable.hpp>
    <boost/asio/use_future.hpp>
    <boost/asio/write.hpp>
)

# CLI11 has objects in its header, which each file that reads it compiles again: it is apart.
add_precompiled_headers(quick OPTIONS $<$<CONFIG:Release>:-O1>
  LIBRARIES fmt::fmt nlohmann_json::nlohmann_json
  HEADERS ${standard_headers} <nlohmann/json.hpp>
)
add_precompiled_headers(command_line OPTIONS $<$<CONFIG:Release>:-O1>
  LIBRARIES fmt::fmt CLI11::CLI11
  HEADERS ${standard_headers} <CLI/CLI.hpp>
)
