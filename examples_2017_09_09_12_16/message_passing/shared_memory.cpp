/*
Messages through shared memory

Two processes see the same memory: what one writes there, the other finds. The kernel
carries nothing. But it tells the other process nothing either, so two counters stand
beside the messages, on which a process can sleep: how many messages there are, and how
many slots for more.

Ports: shared memory, one of the three ways of :cite:p:`codebasics_difference`

    $ examples_2017_09_09_12_16/message_passing/shared_memory
    one message, there or back:  ~0.0<100000.0 µs
    one of many, sent in a row:  ~0.0<100000.0 µs
    all arrived as they were sent
*/
#include <boost/interprocess/anonymous_shared_memory.hpp>
#include <boost/interprocess/mapped_region.hpp>
#include <boost/interprocess/sync/interprocess_semaphore.hpp>
#include <chrono>
#include <cstdio>
#include <new>
#include <stdexcept>

#include "examples_2017_09_09_12_16/message_passing/measure_messages.hpp"

namespace interprocess = boost::interprocess;
using namespace std::chrono_literals;

class SharedMemory {
 public:
  // Memory without a name: it goes to the processes that are started after this, and
  // the kernel takes it back with the last of them.
  SharedMemory()
      : memory_(interprocess::anonymous_shared_memory(sizeof(Shared))),
        shared_(new (memory_.get_address()) Shared) {}

  void open_to_send() {}
  void open_to_receive() {}

  void send(const Message& message) {
    wait(shared_->slots);
    shared_->ring[next()] = message;
    shared_->messages.post();
  }

  Message receive() {
    wait(shared_->messages);
    const Message message = shared_->ring[next()];
    shared_->slots.post();
    return message;
  }

 private:
  static constexpr std::size_t size = 64;

  struct Shared {
    interprocess::interprocess_semaphore slots{size}, messages{0};
    Message ring[size];
  };

  // Nothing tells that the other process has ended, so no wait may be without a limit.
  static void wait(interprocess::interprocess_semaphore& counter) {
    if (!counter.timed_wait(std::chrono::system_clock::now() + 1min))
      throw std::runtime_error("the other process has done nothing for a minute");
  }

  std::size_t next() { return next_++ % size; }

  interprocess::mapped_region memory_;
  Shared* shared_;
  std::size_t next_ = 0;  // of this process, which only sends or only receives
};

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  measure_messages<SharedMemory>();
}
