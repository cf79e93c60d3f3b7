# add_program(<name> [LIBRARIES <target>...] [TAKES_OPTIONS] [SIDE_BY_SIDE <n>] [RUNS <n>]
#             [NO_COUNTERPART] [SANITIZER <name>] [STARTS <key>...])
#
# Adds one program of the book. Its key is its path without its ending,
# <folder>/<name>; it names the executable, the tests, the recordings and the page.
#
#  - builds <name>.cpp;
#  - registers two tests, <key> and <key>.py, that run the program and its counterpart
#    <name>.py many times, on a terminal and through a pipe, and hold every run against
#    the transcript in the docstring of <name>.cpp;
#  - records both for the book (recordings/<key>.cpp.json and .py.json);
#  - lists it in programs.json (ProgramList.cmake).
#
# TAKES_OPTIONS  the program reads its command line itself; others refuse any argument.
# SIDE_BY_SIDE   so many runs of it at the same time, while no other test runs: 1 for a
#                program that keeps the cores busy, a few for one that also computes.
#                Without it, 20 beside other tests, for those that only sleep.
# RUNS           so many runs on a terminal and as many through a pipe, in a test and for
#                a recording: few for a program that computes for seconds. Without it, 10
#                in a test and 20 for a recording. The short form of the book records one
#                batch: as many as run side by side, half of them on a terminal; at least
#                one run of each kind.
# NO_COUNTERPART it is about C++ alone: there is no <name>.py.
# STARTS         programs that it starts, as its counterpart starts theirs: it is recorded
#                anew when they change.
# SANITIZER      what it is always built with, whatever the preset, since what that says
#                is its output. It links nothing that is built with another one.
function(add_program name)
  cmake_parse_arguments(
    PARSE_ARGV 1
    program
    "TAKES_OPTIONS;NO_COUNTERPART"
    "SIDE_BY_SIDE;RUNS;SANITIZER"
    "LIBRARIES;STARTS"
  )
  file(RELATIVE_PATH folder "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}")
  set(key "${folder}/${name}")
  string(REPLACE "/" "." target "${key}")
  set(computes TRUE)
  if(NOT program_SIDE_BY_SIDE)
    set(program_SIDE_BY_SIDE 20)
    set(computes FALSE)
  endif()
  set(runs_recorded 20)
  if(program_RUNS)
    set(runs_recorded ${program_RUNS})
  else()
    set(program_RUNS 10)
  endif()

  if(BOOK_FORM STREQUAL "short")
    math(EXPR runs_of_a_batch "(${program_SIDE_BY_SIDE} + 1) / 2")
    if(runs_recorded GREATER runs_of_a_batch)
      set(runs_recorded ${runs_of_a_batch})
    endif()
  endif()

  add_executable(${target} ${name}.cpp)
  set_target_properties(${target} PROPERTIES OUTPUT_NAME ${name})
  set(parts program_start)
  if(NOT program_TAKES_OPTIONS)
    list(APPEND parts refuse_arguments)
  endif()
  if(program_SANITIZER)
    # The parts are compiled with it, too.
    list(TRANSFORM parts REPLACE "(.+)" "${PROJECT_SOURCE_DIR}/program/\\1.cpp")
    target_sources(${target} PRIVATE ${parts})
    target_compile_options(${target} PRIVATE -fsanitize=${program_SANITIZER} -g)
    target_link_options(${target} PRIVATE -fsanitize=${program_SANITIZER})
    target_link_libraries(${target} PRIVATE book::base ${program_LIBRARIES})
  else()
    target_link_libraries(${target} PRIVATE book::options ${parts} ${program_LIBRARIES})
  endif()

  set(
    how
    --root
    "${PROJECT_SOURCE_DIR}"
    --programs
    "${PROJECT_BINARY_DIR}"
    --python
    "${BOOK_PYTHON}"
    --side-by-side
    ${program_SIDE_BY_SIDE}
  )
  set(endings cpp)
  if(NOT program_NO_COUNTERPART)
    list(APPEND endings py)
  endif()
  set(tests)
  if(BUILD_TESTING)
    foreach(ending IN LISTS endings)
      set(test "${key}")
      if(ending STREQUAL "py")
        string(APPEND test ".py")
      endif()
      list(APPEND tests "${test}")
      add_test(
        NAME "${test}"
        COMMAND
          recorder verify "${CMAKE_CURRENT_SOURCE_DIR}/${name}.${ending}" ${how} --runs
          ${program_RUNS}
      )
      set_tests_properties(
        "${test}"
        PROPERTIES LABELS transcript TIMEOUT ${BOOK_TEST_TIMEOUT} RUN_SERIAL ${computes}
      )
    endforeach()
  endif()
  list_program()
  if(BOOK_SITE)
    record_program()
    set_property(GLOBAL APPEND PROPERTY BOOK_PROGRAMS ${target})
  endif()
endfunction()

# Of add_program(), whose variables it uses: lists the program.
macro(list_program)
  list_folder("${folder}")
  json_string(json_key "${key}")
  json_string(json_folder "${folder}")
  json_boolean(takes_options program_TAKES_OPTIONS)
  json_boolean(counterpart NOT program_NO_COUNTERPART)
  json_boolean(alone computes)
  json_strings(starts ${program_STARTS})
  json_strings(tests ${tests})
  list_in_programs_json(programs "{\"key\": ${json_key}, \"folder\": ${json_folder}, \
\"takes_options\": ${takes_options}, \"counterpart\": ${counterpart}, \
\"side_by_side\": ${program_SIDE_BY_SIDE}, \"alone\": ${alone}, \"runs\": ${program_RUNS}, \
\"starts\": ${starts}, \"tests\": ${tests}}"
  )
endmacro()

# Of add_program(), whose variables it uses: lists the program's recordings.
macro(record_program)
  # One run that is shown, and counts as one on a terminal; then the others.
  math(
    EXPR
    batches
    "1 + (2 * ${runs_recorded} + ${program_SIDE_BY_SIDE} - 2) / ${program_SIDE_BY_SIDE}"
  )
  set(cpp_inputs FILES)
  set(py_inputs COUNTERPARTS)
  foreach(one IN ITEMS "${key}" ${program_STARTS})
    list(APPEND cpp_inputs "{build}/${one}")
    list(APPEND py_inputs "{root}/${one}.py")
  endforeach()
  foreach(ending IN LISTS endings)
    set(
      arguments
      "{root}/${key}.${ending}"
      --root
      "{root}"
      --programs
      "{build}"
      --python
      "{python}"
      --side-by-side
      ${program_SIDE_BY_SIDE}
      --runs
      ${runs_recorded}
    )
    set(commands COMMAND "{recorder}" record ${arguments})
    if(NOT computes)
      list(
        APPEND commands
        --only-shown
        COMPLETE
        "{recorder}"
        complete
        ${arguments}
      )
    endif()
    add_recording("${key}.${ending}"
      ${commands}
      DOCSTRINGS "{root}/${key}.cpp"
      BATCHES ${batches}
      ${${ending}_inputs}
      FILES "{recorder}"
    )
  endforeach()
endmacro()
