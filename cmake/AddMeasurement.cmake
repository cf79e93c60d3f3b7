# add_measurement(<name> [SOURCES <file>...] [LIBRARIES <target>...] [PROGRAMS <key>...]
#                 [PEERS <target>...] [SECONDS <n>])
#
# Adds what the book measures beside its programs: measurements/<name>_benchmark.cpp.
# It prints its figures; `--output` has it write them, too.
#
#  - registers the test `benchmark: <name>`, a short run that shows that it works;
#  - for the book, runs it whole while nothing else is measured, and keeps its figures
#    beside the recordings (recordings/<name>.json);
#  - has the target `bench` run it whole and show what it prints;
#  - lists it in programs.json (ProgramList.cmake).
#
# SOURCES    more files that it is made of.
# LIBRARIES  what it links.
# PROGRAMS   programs that it runs, they or their counterparts: it is measured anew when
#            one of them has changed.
# PEERS      programs of its own that it runs, too.
# SECONDS    about how long its short form takes; the long one is thought to take six times
#            as long.
function(add_measurement name)
  cmake_parse_arguments(PARSE_ARGV 1 measured "" "SECONDS" "SOURCES;LIBRARIES;PROGRAMS;PEERS")
  set(target ${name}_benchmark)
  add_executable(${target} ${target}.cpp ${measured_SOURCES})
  target_link_libraries(${target} PRIVATE book::options measurement ${measured_LIBRARIES})
  set(programs ${measured_PEERS})
  set(executables ${target} ${measured_PEERS})
  cmake_path(
    RELATIVE_PATH CMAKE_CURRENT_BINARY_DIR
    BASE_DIRECTORY "${PROJECT_BINARY_DIR}"
    OUTPUT_VARIABLE folder
  )
  list(TRANSFORM executables PREPEND "{build}/${folder}/")
  set(counterparts)
  foreach(key IN LISTS measured_PROGRAMS)
    string(REPLACE "/" "." program "${key}")
    list(APPEND programs ${program})
    list(APPEND executables "{build}/${key}")
    if(EXISTS "${PROJECT_SOURCE_DIR}/${key}.py")
      list(APPEND counterparts "{root}/${key}.py")
    endif()
  endforeach()
  if(programs)
    add_dependencies(${target} ${programs})
  endif()

  set(
    how
    --root
    "${PROJECT_SOURCE_DIR}"
    --programs
    "${PROJECT_BINARY_DIR}"
    --python
    "${BOOK_PYTHON}"
  )
  set(tests)
  if(BUILD_TESTING)
    set(tests "benchmark: ${name}")
    add_test(NAME "benchmark: ${name}" COMMAND ${target} ${how} --form trial)
    set_tests_properties(
      "benchmark: ${name}"
      PROPERTIES LABELS benchmark TIMEOUT ${BOOK_TEST_TIMEOUT}
    )
  endif()

  json_string(json_name "${name}")
  json_strings(json_programs ${measured_PROGRAMS})
  json_strings(tests ${tests})
  list_in_programs_json(measurements
    "{\"name\": ${json_name}, \"programs\": ${json_programs}, \"tests\": ${tests}}"
  )

  # One at a time, and each after the one before.
  add_custom_target(
    ${target}.run
    COMMAND ${target} ${how}
    USES_TERMINAL
    COMMENT "Measuring ${name}"
    VERBATIM
  )
  add_dependencies(bench ${target}.run)
  get_property(before GLOBAL PROPERTY BOOK_LAST_MEASUREMENT)
  if(before)
    add_dependencies(${target}.run ${before})
  endif()
  set_property(GLOBAL PROPERTY BOOK_LAST_MEASUREMENT ${target}.run)

  if(BOOK_SITE)
    if(NOT measured_SECONDS)
      set(measured_SECONDS 20)
    endif()
    if(BOOK_FORM STREQUAL "long")
      math(EXPR measured_SECONDS "6 * ${measured_SECONDS}")
    endif()
    add_recording("${name}"
      COMMAND "{build}/${folder}/${target}"
        --root "{root}" --programs "{build}" --python "{python}" --form ${BOOK_FORM}
      FILES ${executables}
      COUNTERPARTS ${counterparts}
      SECONDS ${measured_SECONDS}
    )
    set_property(GLOBAL APPEND PROPERTY BOOK_PROGRAMS ${target})
  endif()
endfunction()
