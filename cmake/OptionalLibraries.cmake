# Libraries that some programs need and others do not.
#
# A program needs what it links, directly or through others: that is all that it has to say.
# In the place of a library that is missing stands a target with its name. What links it is
# left out of the build, one line for each library says what that is, and building one of
# them by its name ends with the package that it lacks.

# find_optional_package(<name> <target> <package> [<argument of find_package>...])
#
# Finds a library by its CMake package.
#
# target   the target that others link.
# package  of Debian and Ubuntu, for the message.
macro(find_optional_package name target package)
  find_package(${name} ${ARGN} QUIET)
  if(NOT ${name}_FOUND)
    stand_in_for(${name} ${target} ${package})
  endif()
endmacro()

# find_optional_library(<name> <package> <header> [<library>...])
#
# Finds a library that has no CMake package by its header and its name, which is the target's,
# too; and the other libraries that it needs. <name>_headers has the headers alone.
# CMAKE_DISABLE_FIND_PACKAGE_<name> hides it, as it does those that have a CMake package.
function(find_optional_library name package header)
  find_path(${name}_INCLUDE ${header} PATH_SUFFIXES opencv4)
  mark_as_advanced(${name}_INCLUDE)
  set(found "${${name}_INCLUDE}")
  set(files)
  foreach(library IN ITEMS ${name} ${ARGN})
    find_library(${library}_LIBRARY ${library})
    mark_as_advanced(${library}_LIBRARY)
    list(APPEND files "${${library}_LIBRARY}")
    if(NOT ${library}_LIBRARY)
      set(found FALSE)
    endif()
  endforeach()

  add_library(${name} INTERFACE IMPORTED GLOBAL)
  target_link_libraries(${name} INTERFACE ${name}_headers)
  if(CMAKE_DISABLE_FIND_PACKAGE_${name} OR NOT found)
    stand_in_for(${name} ${name}_headers ${package})
  else()
    add_library(${name}_headers INTERFACE IMPORTED GLOBAL)
    target_include_directories(${name}_headers SYSTEM INTERFACE "${${name}_INCLUDE}")
    target_link_libraries(${name} INTERFACE ${files})
  endif()
endfunction()

# Puts a target in the place of a library that is missing. Whatever links it depends on
# another one, which fails.
function(stand_in_for name target package)
  set_property(GLOBAL APPEND PROPERTY BOOK_MISSING ${name})
  set_property(GLOBAL PROPERTY BOOK_PACKAGE_OF_${name} ${package})
  add_custom_target(
    missing.${name}
    COMMAND
      "${CMAKE_COMMAND}" -E echo
      "This needs ${name}, which is missing: install ${package} and configure again."
    COMMAND "${CMAKE_COMMAND}" -E false
    COMMENT "Looking for ${name}"
    VERBATIM
  )
  add_library(${target} INTERFACE IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES BOOK_STANDS_IN_FOR ${name})
  add_dependencies(${target} missing.${name})
endfunction()

# require_optional_libraries()
#
# Ends the configuration if one of them is missing, and names them all.
function(require_optional_libraries)
  get_property(missing GLOBAL PROPERTY BOOK_MISSING)
  if(NOT missing)
    return()
  endif()
  set(packages)
  foreach(name IN LISTS missing)
    get_property(package GLOBAL PROPERTY BOOK_PACKAGE_OF_${name})
    list(APPEND packages "${name} (${package})")
  endforeach()
  list(JOIN packages ", " packages)
  message(
    FATAL_ERROR
    "The book and its tests need what is missing here: ${packages}. Run `sh .ci/setup` first; "
    "`cmake --preset programs` builds the programs that can do without."
  )
endfunction()

# leave_out_what_lacks_a_library()
#
# To be called when all targets are there.
function(leave_out_what_lacks_a_library)
  get_property(missing GLOBAL PROPERTY BOOK_MISSING)
  if(NOT missing)
    return()
  endif()
  leave_out_of("${PROJECT_SOURCE_DIR}")
  foreach(name IN LISTS missing)
    get_property(left_out GLOBAL PROPERTY BOOK_LEFT_OUT_FOR_${name})
    if(left_out)
      list(JOIN left_out ", " left_out)
      get_property(package GLOBAL PROPERTY BOOK_PACKAGE_OF_${name})
      message(STATUS "${name} (${package}) is missing, which leaves out ${left_out}")
    endif()
  endforeach()
endfunction()

function(leave_out_of directory)
  get_property(targets DIRECTORY "${directory}" PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(type ${target} TYPE)
    if(NOT type MATCHES "^(EXECUTABLE|STATIC_LIBRARY|OBJECT_LIBRARY)$")
      continue()
    endif()
    set(linked)
    add_linked(linked ${target} TRUE)
    foreach(library IN LISTS linked)
      get_target_property(name ${library} BOOK_STANDS_IN_FOR)
      if(name)
        set_target_properties(${target} PROPERTIES EXCLUDE_FROM_ALL TRUE)
        if(type STREQUAL "EXECUTABLE")
          cmake_path(
            RELATIVE_PATH directory
            BASE_DIRECTORY "${PROJECT_SOURCE_DIR}"
            OUTPUT_VARIABLE folder
          )
          get_target_property(executable ${target} OUTPUT_NAME)
          if(NOT executable)
            set(executable ${target})
          endif()
          set_property(GLOBAL APPEND PROPERTY BOOK_LEFT_OUT_FOR_${name} "${folder}/${executable}")
        endif()
      endif()
    endforeach()
  endforeach()

  get_property(directories DIRECTORY "${directory}" PROPERTY SUBDIRECTORIES)
  foreach(below IN LISTS directories)
    leave_out_of("${below}")
  endforeach()
endfunction()
