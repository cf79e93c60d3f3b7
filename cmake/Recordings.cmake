# add_recording(<name> COMMAND <word>... [FILES <file>...] [DOCSTRINGS <file>...]
#               [COUNTERPARTS <file>...] [ONLY_SLEEPS] [BATCHES <n>] [SECONDS <n>])
#
# Lists a recording for docs/record_all, which makes it (recordings/<name>.json) when
# something that it is made of has changed. In words and files, {root}, {build}, {python}
# and {recorder} stand for places.
#
# COMMAND       makes it; `--output <file>` is added.
# FILES         what it is made of: their whole content counts.
# DOCSTRINGS    sources of which only the transcripts in their first comment count.
# COUNTERPARTS  Python programs: they count, all that they import, and their Python.
# ONLY_SLEEPS   it may be made beside others of its kind; without it, it is made alone.
# BATCHES       so many batches of runs, for the estimate of the time it takes.
# SECONDS       about how long it takes, where that can't be told from the docstrings.
function(add_recording name)
  cmake_parse_arguments(PARSE_ARGV 1 recording
    "ONLY_SLEEPS" "BATCHES;SECONDS" "COMMAND;FILES;DOCSTRINGS;COUNTERPARTS")
  set(members)
  foreach(list IN ITEMS COMMAND FILES DOCSTRINGS COUNTERPARTS)
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
  if(recording_ONLY_SLEEPS)
    string(APPEND members ", \"only_sleeps\": true")
  endif()
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
