#include "recorder/pseudo_terminal.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <utility>

#include "program/system_error.hpp"

namespace recorder {

using program::above_standard;
using program::FileDescriptor;
using program::throw_on_error;

std::pair<FileDescriptor, FileDescriptor> open_pseudo_terminal() {
  constexpr auto none =
      "there is no pseudo-terminal to be had, which /dev/ptmx and /dev/pts give";
  FileDescriptor master =
      above_standard(FileDescriptor(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)));
  throw_on_error(master.get(), none);
  throw_on_error(grantpt(master.get()), none);
  throw_on_error(unlockpt(master.get()), none);
  // Asked for by its master, it is found also where /dev/pts is another one's.
  FileDescriptor slave = above_standard(
      FileDescriptor(ioctl(master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC)));
  throw_on_error(slave.get(), none);
  termios mode{};
  throw_on_error(tcgetattr(slave.get(), &mode), none);
  mode.c_oflag &= ~static_cast<tcflag_t>(OPOST);
  mode.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  throw_on_error(tcsetattr(slave.get(), TCSANOW, &mode), none);
  const winsize size{24, 80, 0, 0};
  throw_on_error(ioctl(slave.get(), TIOCSWINSZ, &size), none);
  return {std::move(master), std::move(slave)};
}

}  // namespace recorder
