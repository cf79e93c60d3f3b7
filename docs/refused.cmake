# Keeps what a command says as it refuses what it is given; fails if it does not refuse.
#
#   cmake -D ROOT=... -D SAYS=... -D OUTPUT=... [-D LAST_LINE=ON] [-D DEPFILE=...]
#         -P refused.cmake -- COMMAND...
#
# ROOT       where it runs, so that files are named by their path from there.
# SAYS       what it must say on standard error.
# LAST_LINE  keeps only the last line.
# DEPFILE    for a compiler: where it lists the headers that it has read.
set(command)
set(after FALSE)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(i RANGE ${last})
  if(after)
    list(APPEND command "${CMAKE_ARGV${i}}")
  elseif(CMAKE_ARGV${i} STREQUAL "--")
    set(after TRUE)
  endif()
endforeach()

# In English: LANGUAGE would come before LC_ALL.
set(ENV{LC_ALL} C.UTF-8)
unset(ENV{LANGUAGE})
# CPython's pool of processes may hang at its end when it could not pickle a call: such a run
# is killed, with all that it started, and made again.
foreach(attempt RANGE 1 5)
  execute_process(
    COMMAND timeout --signal=KILL 300 ${command}
    WORKING_DIRECTORY "${ROOT}"
    RESULT_VARIABLE status
    OUTPUT_QUIET
    ERROR_VARIABLE said
  )
  if(status MATCHES "^[0-9]+$" AND NOT status EQUAL 137)
    break()
  endif()
endforeach()
string(FIND "${said}" "${SAYS}" place)
if(NOT status EQUAL 1 OR place EQUAL -1)
  message(
    FATAL_ERROR
    "${command}\nended with ${status} and should have been refused with “${SAYS}”:\n${said}"
  )
endif()
string(STRIP "${said}" said)
if(LAST_LINE)
  string(REGEX REPLACE ".*\n" "" said "${said}")
endif()
file(WRITE "${OUTPUT}" "${said}\n")
# A compiler lists no headers of what it refuses, unless it only reads them. By their full
# paths: the source is the last word, and is read from elsewhere.
if(DEPFILE)
  list(POP_BACK command source)
  cmake_path(GET DEPFILE PARENT_PATH elsewhere)
  execute_process(
    COMMAND ${command} "${ROOT}/${source}" -M -MF "${DEPFILE}" -MQ "${OUTPUT}"
    WORKING_DIRECTORY "${elsewhere}"
    COMMAND_ERROR_IS_FATAL ANY
  )
endif()
