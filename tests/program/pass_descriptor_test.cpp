#include "program/pass_descriptor.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

#include "tests/catch.hpp"
#include "tests/program/closed_standard_descriptors.hpp"

namespace {

using program::FileDescriptor;

std::pair<FileDescriptor, FileDescriptor> make_sockets() {
  std::array<int, 2> ends;
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    program::throw_errno("socketpair");
  return {program::above_standard(FileDescriptor(ends[0])),
          program::above_standard(FileDescriptor(ends[1]))};
}

::ssize_t send(const FileDescriptor& socket, std::string text, int descriptor) {
  ::iovec piece{text.data(), text.size()};
  return program::send_with_descriptor(socket.get(), {&piece, 1}, descriptor);
}

}  // namespace

TEST_CASE("A descriptor goes with a message, and none without", "[pass_descriptor]") {
  const auto [ours, theirs] = make_sockets();
  program::PipeEnds pipe = program::make_pipe();
  REQUIRE(send(ours, "with", pipe.writer.get()) == 4);
  REQUIRE(send(ours, "without", -1) == 7);
  pipe.writer.reset();

  std::array<char, 100> buffer;
  FileDescriptor came;
  REQUIRE(program::receive_with_descriptor(theirs.get(), buffer, came) == 4);
  CHECK(std::string_view(buffer.data(), 4) == "with");
  REQUIRE(came);
  CHECK(::fcntl(came.get(), F_GETFD) == FD_CLOEXEC);
  CHECK(::write(came.get(), "x", 1) == 1);
  char byte = 0;
  CHECK(::read(pipe.reader.get(), &byte, 1) == 1);

  REQUIRE(program::receive_with_descriptor(theirs.get(), buffer, came) == 7);
  CHECK_FALSE(came);
  CHECK(::read(pipe.reader.get(), &byte, 1) == 0);  // the one that came is closed
}

TEST_CASE("The end of the connection, and a peer that has gone", "[pass_descriptor]") {
  auto [ours, theirs] = make_sockets();
  std::array<char, 100> buffer;
  FileDescriptor came;
  CHECK(program::receive_with_descriptor(theirs.get(), buffer, came, MSG_DONTWAIT) < 0);
  CHECK(errno == EAGAIN);
  ours.reset();
  CHECK(program::receive_with_descriptor(theirs.get(), buffer, came) == 0);
  CHECK(send(theirs, "x", -1) < 0);
  CHECK(errno == EPIPE);
}

TEST_CASE("A descriptor that comes is none of the standard ones", "[pass_descriptor]") {
  CHECK(succeeds_with_closed_descriptors([] {
    const auto [ours, theirs] = make_sockets();
    const program::PipeEnds pipe = program::make_pipe();
    std::array<char, 100> buffer;
    FileDescriptor came;
    return send(ours, "x", pipe.writer.get()) == 1 &&
           program::receive_with_descriptor(theirs.get(), buffer, came) == 1 &&
           came.get() > 2;
  }));
}
