# Compilers and linkers put temporary files into TMPDIR, and end where it is full, or in
# Go's case missing. Without it they take /tmp. So a TMPDIR without room is not used for
# anything that the build starts; the programs and tests find a place of their own.
if(NOT "$ENV{TMPDIR}" STREQUAL "")
  string(RANDOM LENGTH 12 name)
  set(trial "$ENV{TMPDIR}/book-${name}")
  execute_process(
    COMMAND dd if=/dev/zero "of=${trial}" bs=1M count=8
    RESULT_VARIABLE failed
    OUTPUT_QUIET
    ERROR_QUIET
  )
  file(REMOVE "${trial}")
  if(failed)
    message(
      STATUS
      "TMPDIR has no room for temporary files, so the build does without: "
      "$ENV{TMPDIR}"
    )
    unset(ENV{TMPDIR})
    foreach(kind IN ITEMS COMPILE LINK CUSTOM)
      set_property(GLOBAL PROPERTY RULE_LAUNCH_${kind} "\"${CMAKE_COMMAND}\" -E env --unset=TMPDIR")
    endforeach()
  endif()
endif()
