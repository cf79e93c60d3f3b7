# The list of the book: what add_program(), add_measurement() and add_recording() have added, for
# all that is no CMake. write_program_list() writes it into the build as programs.json:
#
#   {
#    "version": "…",   the project's
#    "root": "…",      the source tree, absolute, as are the next three
#    "build": "…",     the build that has the executables
#    "python": "…",    what runs the counterparts
#    "recorder": "…",  the recorder's executable
#    "rooms": ["program", …],  the folders of sources, in the order of the root CMakeLists.txt:
#                              each may use what stands in those before it
#    "folders": ["examples_2025_03_03_15_36", …],  those of them that have programs
#    "programs": [     in reading order
#     {
#      "key": "examples_2025_03_03_17_26/gil/guarded",
#      "folder": "examples_2025_03_03_17_26",
#      "takes_options": false,  it reads its command line itself
#      "counterpart": true,     there is a <key>.py
#      "side_by_side": 4,       so many runs at the same time
#      "alone": true,           while no other test runs, and nothing else is recorded
#      "runs": 10,              on a terminal, and as many through a pipe, in a test
#      "starts": ["…"],         the keys of the programs that it starts
#      "tests": ["…"]           of CTest, if BUILD_TESTING is on
#     }, …
#    ],
#    "measurements": [
#     {
#      "name": "primes",        recordings/primes.json, measurements/primes_benchmark
#      "programs": ["…"],       the keys of those that it runs
#      "tests": ["…"]
#     }, …
#    ],
#    "recordings": [ … ]        if BOOK_SITE is on, for docs/record_all: see add_recording()
#   }
#
# A folder, a program and a measurement stand in it once, in the order in which they were added.

# list_in_programs_json(<list> <JSON>): appends to one of its lists.
function(list_in_programs_json list json)
  set_property(GLOBAL APPEND_STRING PROPERTY BOOK_LIST_OF_${list} ",\n  ${json}")
endfunction()

# list_folder(<folder>): lists a folder of programs, where it is not listed yet.
function(list_folder folder)
  get_property(listed GLOBAL PROPERTY BOOK_FOLDERS)
  if(NOT folder IN_LIST listed)
    set_property(GLOBAL APPEND PROPERTY BOOK_FOLDERS "${folder}")
    json_string(folder "${folder}")
    list_in_programs_json(folders "${folder}")
  endif()
endfunction()

# add_recording(<name> COMMAND <word>... [COMPLETE <word>...] [FILES <file>...]
#               [DOCSTRINGS <file>...] [COUNTERPARTS <file>...] [BATCHES <n>] [SECONDS <n>])
#
# Lists a recording for docs/record_all, which makes it (recordings/<name>.json) when
# something that it is made of has changed. In words and files, {root}, {build}, {python}
# and {recorder} stand for places.
#
# COMMAND       makes it; `--output <file>` is added.
# COMPLETE      completes what COMMAND has made; `<file>` is added. What both do sleeps more
#               than it computes: each may be done beside the same of others. Without it, the
#               recording is made alone.
# FILES         what it is made of: their whole content counts.
# DOCSTRINGS    sources of which only the transcripts in their first comment count.
# COUNTERPARTS  Python programs: they count, all that they import, and their Python.
# BATCHES       so many batches of runs, for the estimate of the time it takes.
# SECONDS       about how long it takes, where that can't be told from the docstrings.
function(add_recording name)
  cmake_parse_arguments(
    PARSE_ARGV 1
    recording
    ""
    "BATCHES;SECONDS"
    "COMMAND;COMPLETE;FILES;DOCSTRINGS;COUNTERPARTS"
  )
  set(members)
  foreach(
    list
    IN
    ITEMS COMMAND COMPLETE FILES DOCSTRINGS COUNTERPARTS
  )
    json_strings(words ${recording_${list}})
    string(TOLOWER ${list} member)
    string(APPEND members ", \"${member}\": ${words}")
  endforeach()
  foreach(number IN ITEMS BATCHES SECONDS)
    if(recording_${number})
      string(TOLOWER ${number} member)
      string(APPEND members ", \"${member}\": ${recording_${number}}")
    endif()
  endforeach()
  json_string(name "${name}")
  list_in_programs_json(recordings "{\"name\": ${name}${members}}")
endfunction()

# json_string(<result> <text>): the text as JSON has it.
function(json_string result text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  set(${result} "\"${text}\"" PARENT_SCOPE)
endfunction()

# json_strings(<result> <text>...): the texts as JSON has a list of them.
function(json_strings result)
  set(words)
  foreach(word IN LISTS ARGN)
    json_string(word "${word}")
    list(APPEND words "${word}")
  endforeach()
  list(JOIN words ", " words)
  set(${result} "[${words}]" PARENT_SCOPE)
endfunction()

# json_boolean(<result> <condition>...): true or false.
function(json_boolean result)
  set(${result} false PARENT_SCOPE)
  if(${ARGN})
    set(${result} true PARENT_SCOPE)
  endif()
endfunction()

# write_program_list(): to be called when all is added.
function(write_program_list)
  json_string(root "${PROJECT_SOURCE_DIR}")
  json_string(build "${PROJECT_BINARY_DIR}")
  json_string(python "${BOOK_PYTHON}")
  get_property(subdirectories DIRECTORY "${PROJECT_SOURCE_DIR}" PROPERTY SUBDIRECTORIES)
  foreach(directory IN LISTS subdirectories)
    cmake_path(RELATIVE_PATH directory BASE_DIRECTORY "${PROJECT_SOURCE_DIR}" OUTPUT_VARIABLE room)
    if(NOT room MATCHES "^(tests|docs)$")
      json_string(room "${room}")
      list_in_programs_json(rooms "${room}")
    endif()
  endforeach()
  set(lists)
  foreach(
    list
    IN
    ITEMS rooms folders programs measurements recordings
  )
    get_property(members GLOBAL PROPERTY BOOK_LIST_OF_${list})
    string(REGEX REPLACE "^," "" members "${members}")
    string(APPEND lists ",\n \"${list}\": [${members}\n ]")
  endforeach()
  file(
    GENERATE OUTPUT "${PROJECT_BINARY_DIR}/programs.json"
    CONTENT
      "{
 \"version\": \"${PROJECT_VERSION}\",
 \"root\": ${root},
 \"build\": ${build},
 \"python\": ${python},
 \"recorder\": \"$<TARGET_FILE:recorder>\"${lists}
}
"
  )
endfunction()
