# Makes the example of a refusal that the book shows: takes the recording of a run,
# lets two of its lines change places, and keeps what the checker says of it.
#
#   cmake -D RECORDER=... -D SOURCE=... -D ROOT=... -D RECORDING=... -D OUTPUT=...
#         -P example_refusal.cmake
file(READ "${RECORDING}" recording)
set(lines transcripts 0 run lines)
string(JSON earlier GET "${recording}" ${lines} 5)
string(JSON later GET "${recording}" ${lines} 6)
string(JSON recording SET "${recording}" ${lines} 5 "${later}")
string(JSON recording SET "${recording}" ${lines} 6 "${earlier}")
get_filename_component(folder "${OUTPUT}" DIRECTORY)
file(WRITE "${folder}/swapped.json" "${recording}")
execute_process(
  COMMAND "${RECORDER}" check "${SOURCE}" --root "${ROOT}" swapped.json
  WORKING_DIRECTORY "${folder}"
  RESULT_VARIABLE status
  ERROR_VARIABLE refusal)
if(NOT status EQUAL 1)
  message(FATAL_ERROR "two lines changed places, and the checker ended with ${status}: ${refusal}")
endif()
file(WRITE "${OUTPUT}" "${refusal}")
