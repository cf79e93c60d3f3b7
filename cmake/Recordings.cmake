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
  cmake_parse_arguments(PARSE_ARGV 1 recording
    "" "BATCHES;SECONDS" "COMMAND;COMPLETE;FILES;DOCSTRINGS;COUNTERPARTS")
  set(members)
  foreach(list IN ITEMS COMMAND COMPLETE FILES DOCSTRINGS COUNTERPARTS)
    set(words)
    foreach(word IN LISTS recording_${list})
      json_string(word "${word}")
      list(APPEND words "${word}")
    endforeach()
    list(JOIN words ", " words)
    string(TOLOWER ${list} member)
    string(APPEND members ", \"${member}\": [${words}]")
  endforeach()
  foreach(number IN ITEMS BATCHES SECONDS)
    if(recording_${number})
      string(TOLOWER ${number} member)
      string(APPEND members ", \"${member}\": ${recording_${number}}")
    endif()
  endforeach()
  json_string(name "${name}")
  set_property(GLOBAL APPEND_STRING PROPERTY BOOK_RECORDINGS
    ",\n  {\"name\": ${name}${members}}")
endfunction()

# json_string(<result> <text>): the text as JSON has it.
function(json_string result text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  set(${result} "\"${text}\"" PARENT_SCOPE)
endfunction()

# write_recordings(<file>): the list of all recordings, once they are added.
function(write_recordings file)
  get_property(recordings GLOBAL PROPERTY BOOK_RECORDINGS)
  string(REGEX REPLACE "^," "" recordings "${recordings}")
  json_string(root "${PROJECT_SOURCE_DIR}")
  json_string(build "${PROJECT_BINARY_DIR}")
  json_string(python "${BOOK_PYTHON}")
  file(GENERATE OUTPUT "${file}" CONTENT "{
 \"root\": ${root},
 \"build\": ${build},
 \"python\": ${python},
 \"recorder\": \"$<TARGET_FILE:recorder>\",
 \"jobs\": [${recordings}
 ]
}
")
endfunction()
