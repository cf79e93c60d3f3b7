/// @file
/// @defgroup stopping stopping.hpp
/// @brief How `etl` is stopped: a flag in memory that all its processes share.
/// @{
#pragma once

inline namespace book {

/// From now on Ctrl-C, and being asked to end, only sets what stop_signal()
/// returns: in this process and in all that it starts from now on.
/// @throws std::system_error if there is no shared memory.
void stop_on_signals();

/// Has stop_if_asked() throw, in all processes. Any thread may call it.
void stop();

/// The signal that came; 0 if none has, and -1 after stop(). Any thread may call it.
int stop_signal();

/// Ends what is being done, once a signal has come or stop() was called.
/// @throws std::runtime_error if so.
void stop_if_asked();

}  // namespace book

/// @}
