/// @file
/// @defgroup system_error system_error.hpp
/// @brief Errors of system calls, as exceptions.
///
/// Any thread may call these functions; `errno` is its own.
#pragma once

#include <cerrno>
#include <concepts>
#include <string>
#include <string_view>
#include <system_error>

namespace program {
/// @addtogroup system_error
/// @{

/// The error of the system call that has just failed, to be thrown.
///
/// @param what What could not be done; `errno` says why.
/// @return `what`, followed by the system's words for the error.
[[nodiscard]] inline std::system_error error_from_errno(std::string_view what) {
  const int error = errno;  // before anything else may change it
  return {error, std::generic_category(), std::string(what)};
}

/// Throws the error of the system call that has just failed.
///
/// @param what As for error_from_errno().
/// @throws std::system_error Always.
[[noreturn]] inline void throw_errno(std::string_view what) {
  throw error_from_errno(what);
}

/// Checks the result of a call that reports an error by a negative number.
///
/// @param result What the call returned.
/// @param what As for error_from_errno().
/// @return The result, if it is not negative.
/// @throws std::system_error if it is.
template <std::signed_integral Result>
Result throw_on_error(Result result, std::string_view what) {
  if (result < 0) throw_errno(what);
  return result;
}

/// Checks the result of a call that returns the error's number itself, as those of
/// pthreads and `posix_spawn` do.
///
/// @param error What the call returned: 0 for success.
/// @param what As for error_from_errno().
/// @throws std::system_error if it is not 0.
inline void throw_on_error_number(int error, std::string_view what) {
  if (error != 0)
    throw std::system_error(error, std::generic_category(), std::string(what));
}

/// Makes a system call again for as long as signals interrupt it (`EINTR`).
///
/// @param call Makes it, and returns a negative number where it has failed.
/// @return What the last call returned.
template <std::invocable Call>
auto retry_if_interrupted(const Call& call) {
  while (true) {
    const auto result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

/// @}
}  // namespace program
