/// @file
/// @defgroup pass_descriptor pass_descriptor.hpp
/// @brief Messages between processes that carry a file descriptor.
///
/// The two functions are for sockets of the family AF_UNIX. Any thread may call them.
#pragma once

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <span>

#include "program/file_descriptor.hpp"
#include "program/system_error.hpp"

namespace program {
/// @addtogroup pass_descriptor
/// @{

/// Sends one message, made of pieces, and a descriptor if there is one.
///
/// A peer that has gone is an error (`EPIPE`), not a signal.
///
/// @param socket Where to.
/// @param pieces The message; at least one byte, or no descriptor comes along.
/// @param descriptor What goes with it: the peer gets one of its own for the same open
///   file. Negative for none.
/// @param flags More flags for `sendmsg`, such as MSG_DONTWAIT.
/// @return How many bytes were sent; negative, with the reason in `errno`, for an
/// error.
inline ::ssize_t send_with_descriptor(int socket, std::span<::iovec> pieces,
                                      int descriptor, int flags = 0) noexcept {
  ::msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = pieces.size();
  alignas(::cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  if (descriptor >= 0) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ::cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptor);
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  }
  return retry_if_interrupted(
      [&] { return ::sendmsg(socket, &message, flags | MSG_NOSIGNAL); });
}

/// Receives one message, and the descriptor that came with it.
///
/// @param socket Where from.
/// @param buffer For the message.
/// @param descriptor What came with it, under a number above 2 and closed when another
///   program is executed: none if nothing came, or if this process has no number left.
/// @param flags More flags for `recvmsg`, such as MSG_DONTWAIT.
/// @return How many bytes came; 0 at the end of the connection; negative, with the
///   reason in `errno`, for an error.
inline ::ssize_t receive_with_descriptor(int socket, std::span<char> buffer,
                                         FileDescriptor& descriptor,
                                         int flags = 0) noexcept {
  descriptor.reset();
  ::iovec piece{buffer.data(), buffer.size()};
  ::msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  alignas(::cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ::ssize_t size = retry_if_interrupted(
      [&] { return ::recvmsg(socket, &message, flags | MSG_CMSG_CLOEXEC); });
  if (size < 0) return size;
  const ::cmsghdr* const header = CMSG_FIRSTHDR(&message);
  if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
      header->cmsg_len == CMSG_LEN(sizeof(int))) {
    int number;
    std::memcpy(&number, CMSG_DATA(header), sizeof number);
    descriptor = above_standard(FileDescriptor(number));
  }
  return size;
}

/// @}
}  // namespace program
