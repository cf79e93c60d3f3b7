# add_program(<name> [LIBRARIES <target>...] [TAKES_OPTIONS])
#
# Adds one program of the book: builds <name>.cpp, registers the tests that hold
# its runs, and those of its counterpart <name>.py, against the transcript in its
# docstring, and records both for the book. The program's key is its path without
# its ending: <folder>/<name>.
#
# TAKES_OPTIONS: the program reads its command line itself. All others refuse
# any argument (see refuse_arguments.cpp).
function(add_program name)
  cmake_parse_arguments(PARSE_ARGV 1 program "TAKES_OPTIONS" "" "LIBRARIES")
  file(RELATIVE_PATH folder "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}")
  set(key "${folder}/${name}")
  string(REPLACE "/" "." target "${key}")

  add_executable(${target} ${name}.cpp)
  set_target_properties(${target} PROPERTIES OUTPUT_NAME ${name})
  target_link_libraries(${target} PRIVATE book::options ${program_LIBRARIES})
endfunction()
