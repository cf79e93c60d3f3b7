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

#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <system_error>

#include "examples_2017_09_09_12_16/message_passing/measure_messages.hpp"

class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_, O_CLOEXEC) != 0)
      throw std::system_error(errno, std::generic_category(), "cannot make a pipe");
  }
  ~Pipe() {
    open_to_send();
    open_to_receive();
  }

  // Each process closes the end that it does not use. Only then is a pipe at its end
  // for the one when the other has ended.
  void open_to_send() { close(ends_[0]); }
  void open_to_receive() { close(ends_[1]); }

  // As long as a message fits into a page it is written in one piece; this is what
  // makes it safe for several senders, too.
  void send(const Message& message) {
    if (::write(ends_[1], message.data(), sizeof message) != sizeof message)
      throw std::system_error(errno, std::generic_category(), "cannot send");
  }

  Message receive() {
    Message message;
    auto* const bytes = reinterpret_cast<char*>(message.data());
    for (std::size_t done = 0; done < sizeof message;) {
      const ::ssize_t n = ::read(ends_[0], bytes + done, sizeof message - done);
      if (n <= 0) throw std::runtime_error("the sender has ended");
      done += static_cast<std::size_t>(n);
    }
    return message;
  }

 private:
  static void close(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }

  int ends_[2];  // to read from, to write into
};

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  ::signal(SIGPIPE, SIG_IGN);  // a receiver that has ended is an error, not the end
  measure_messages<Pipe>();
}
