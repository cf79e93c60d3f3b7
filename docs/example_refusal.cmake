# Makes the example of a refusal that the book shows: takes the recording of a run,
# lets two of its lines change places, and keeps what the checker says of it. OUTPUT
# changes only if that does.
#
#   cmake -D RECORDER=... -D SOURCE=... -D ROOT=... -D RECORDING=... -D SWAPPED=...
#         -D OUTPUT=... -P example_refusal.cmake
file(READ "${RECORDING}" recording)
set(lines transcripts 0 run lines)
string(JSON earlier GET "${recording}" ${lines} 5)
string(JSON later GET "${recording}" ${lines} 6)
string(JSON recording SET "${recording}" ${lines} 5 "${later}")
string(JSON recording SET "${recording}" ${lines} 6 "${earlier}")
file(WRITE "${SWAPPED}" "${recording}")
cmake_path(GET SWAPPED PARENT_PATH folder)
cmake_path(GET SWAPPED FILENAME name)
execute_process(
  COMMAND "${RECORDER}" check "${SOURCE}" --root "${ROOT}" "${name}"
  WORKING_DIRECTORY "${folder}"
  RESULT_VARIABLE status
  ERROR_VARIABLE refusal
)
if(NOT status EQUAL 1)
  message(FATAL_ERROR "two lines changed places, and the checker ended with ${status}: ${refusal}")
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" CONTENT "${refusal}" @ONLY)
