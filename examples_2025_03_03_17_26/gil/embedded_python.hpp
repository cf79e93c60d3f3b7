/// @file
/// @defgroup embedded_python embedded_python.hpp
/// @brief The system's CPython inside a C++ program.
/// @{
#pragma once

#include <pybind11/embed.h>

#include <stdexcept>

inline namespace book {

/// Starts the interpreter. The thread that calls holds its lock from then on.
///
/// It is the Python that the program was built for, whatever `PATH` and the variables
/// of the environment say. The names of files are UTF-8 in any locale. It leaves Ctrl-C
/// alone: the program ends at once, as one without an interpreter does.
///
/// @return What ends the interpreter when it is destroyed. All Python objects must be
///   gone by then, and the thread must hold the lock.
/// @throws std::runtime_error where Python can't be started.
inline pybind11::scoped_interpreter start_python() {
  PyPreConfig before;
  PyPreConfig_InitIsolatedConfig(&before);
  before.utf8_mode = 1;
  if (PyStatus_Exception(Py_PreInitialize(&before)))
    throw std::runtime_error("Python can't be started");
  PyConfig config;
  PyConfig_InitIsolatedConfig(&config);
  config.install_signal_handlers = 0;
  PyConfig_SetBytesString(&config, &config.executable, BOOK_EMBEDDED_PYTHON);
  return pybind11::scoped_interpreter(&config, 0, nullptr, false);
}

}  // namespace book

/// @}
