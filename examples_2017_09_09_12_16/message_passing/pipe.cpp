/*
Messages through a pipe

A pipe is a queue of bytes in the kernel. What one process writes, another reads, in the
same order. Who reads from an empty pipe sleeps until something is in it, and who writes
into a full one sleeps until there is room.

Ports: the message pipe, one of the three ways of :cite:p:`codebasics_difference`

    $ examples_2017_09_09_12_16/message_passing/pipe
    one message, there or back:  ~0.0<100000.0 µs
    one of many, sent in a row:  ~0.0<100000.0 µs
    all arrived as they were sent
*/
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <stdexcept>

#include "examples_2017_09_09_12_16/message_passing/measure_messages.hpp"
#include "program/file_descriptor.hpp"
#include "program/system_error.hpp"

class Pipe {
 public:
  Pipe() {
    std::array<int, 2> ends;
    program::throw_on_error(::pipe2(ends.data(), O_CLOEXEC), "cannot make a pipe");
    reader_.reset(ends[0]);
    writer_.reset(ends[1]);
  }

  // Each process closes the end that it does not use. Only then is a pipe at its end
  // for the one when the other has ended.
  void open_to_send() { reader_.reset(); }
  void open_to_receive() { writer_.reset(); }

  // As long as a message fits into a page it is written in one piece; this is what
  // makes it safe for several senders, too.
  void send(const Message& message) {
    if (::write(writer_.get(), message.data(), sizeof message) != sizeof message)
      program::throw_errno("cannot send");
  }

  Message receive() {
    Message message;
    auto* const bytes = reinterpret_cast<char*>(message.data());
    for (std::size_t done = 0; done < sizeof message;) {
      const ::ssize_t n = ::read(reader_.get(), bytes + done, sizeof message - done);
      if (n <= 0) throw std::runtime_error("the sender has ended");
      done += static_cast<std::size_t>(n);
    }
    return message;
  }

 private:
  program::FileDescriptor reader_, writer_;
};

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  ::signal(SIGPIPE, SIG_IGN);  // a receiver that has ended is an error, not the end
  measure_messages<Pipe>();
}
