// Compiled into the programs that have CPython inside, under AddressSanitizer only:
// what it does not count as leaks. CPython frees most of what it has at its end, and
// not all; pybind11 keeps one small object for the life of the program. Neither is
// ours.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libpython3\n"
         "leak:pybind11::detail::get_local_internals\n";
}

// A program's transcript has no line about them.
extern "C" const char* __lsan_default_options() {
  return "print_suppressions=0";
}
