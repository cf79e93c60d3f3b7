/*
Messages through a file

One process appends to a file, the other reads what has been added. It works between any
two programs, and what was written can be read again. But a reader at the end of a file
does not sleep until there is more: it has to look again and again.

Ports: a file on disk, one of the three ways of :cite:p:`codebasics_difference`

    $ examples_2017_09_09_12_16/message_passing/file
    one message, there or back:  ~0.0<100000.0 µs
    one of many, sent in a row:  ~0.0<100000.0 µs
    all arrived as they were sent
*/
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "examples_2017_09_09_12_16/message_passing/measure_messages.hpp"

using namespace std::chrono_literals;

class File {
 public:
  File() {
    if (!file_)
      throw std::system_error(errno, std::generic_category(), "cannot make a file");
  }

  void open_to_send() {}
  void open_to_receive() {}

  // The file has one position, which both processes share. So neither uses it: each
  // says where it reads or writes.
  void send(const Message& message) {
    if (::pwrite(number(), message.data(), sizeof message, position_) != sizeof message)
      throw std::system_error(errno, std::generic_category(), "cannot send");
    position_ += sizeof message;
  }

  Message receive() {
    Message message;
    const auto limit = std::chrono::steady_clock::now() + 1min;
    while (::pread(number(), message.data(), sizeof message, position_) !=
           sizeof message) {
      if (std::chrono::steady_clock::now() > limit)
        throw std::runtime_error("the other process has sent nothing for a minute");
      std::this_thread::sleep_for(50us);
    }
    position_ += sizeof message;
    return message;
  }

 private:
  int number() const { return ::fileno(file_.get()); }

  // A file without a name, so that nothing is left of it, however the two end.
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_{std::tmpfile(), std::fclose};
  ::off_t position_ = 0;  // of this process, which only sends or only receives
};

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  measure_messages<File>();
}
