# Each peer compiles Go's standard library: one after the other, the second finds it compiled.
set_property(GLOBAL APPEND PROPERTY JOB_POOLS go=1)

# add_go_program(<name>)
#
# Adds <name>.go, a peer in Go that a measurement runs. It is one file that needs Go's
# standard library only, and is built without the network.
#
# The executable is <folder>/<name>_go in the build, and the target that stands for it is
# named as if that were a program's key, so that a measurement lists it with the others:
#
#     add_go_program(sleepers)
#     add_measurement(sleepers PROGRAMS measurements/sleepers_go ...)
#
# Where there is no Go, GO_EXECUTABLE is false and nothing is added: what was to be measured
# says so in its place.
function(add_go_program name)
  find_program(GO_EXECUTABLE go DOC "The Go that builds the peers in Go")
  if(NOT GO_EXECUTABLE)
    message(STATUS "There is no Go: ${name}.go is not built, and not measured.")
    return()
  endif()
  file(RELATIVE_PATH key "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}/${name}_go")
  string(REPLACE "/" "." target "${key}")
  set(executable "${PROJECT_BINARY_DIR}/${key}")

  # What stands in the environment or in Go's own settings shall not count.
  add_custom_command(
    OUTPUT "${executable}"
    COMMAND
      "${CMAKE_COMMAND}" -E env GOENV=off GOFLAGS= GO111MODULE=on GOPROXY=off GOTOOLCHAIN=local
      GOWORK=off CGO_ENABLED=0 "GOCACHE=${PROJECT_BINARY_DIR}/go/cache"
      "GOPATH=${PROJECT_BINARY_DIR}/go" "${GO_EXECUTABLE}" build -o "${executable}"
      "${CMAKE_CURRENT_SOURCE_DIR}/${name}.go"
    DEPENDS "${name}.go"
    COMMENT "Building ${key}"
    JOB_POOL go
    VERBATIM
  )
  add_custom_target(${target}.build DEPENDS "${executable}")
  add_executable(${target} IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION "${executable}")
  add_dependencies(${target} ${target}.build)
endfunction()
