/*
Messages through the joinable queue

The same messages through a ``JoinableQueue``, which promises more than the three ways
to communicate: any number of processes may put and take, the sender can wait until all
is done, and a process may be killed at any moment. This is what these promises cost.

    $ examples_2017_09_09_12_16/message_passing/joinable_queue_cost
    one message, there or back:  ~0.0<100000.0 µs
    one of many, sent in a row:  ~0.0<100000.0 µs
    all arrived as they were sent
*/
#include <cstdio>

#include "examples_2017_09_09_12_16/message_passing/joinable_queue.hpp"
#include "examples_2017_09_09_12_16/message_passing/measure_messages.hpp"

class Queue {
 public:
  void open_to_send() {}
  void open_to_receive() {}

  void send(const Message& message) { queue_.put(message); }

  Message receive() {
    const Message message = queue_.get();
    queue_.task_done();
    return message;
  }

 private:
  JoinableQueue<Message> queue_{64};
};

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  measure_messages<Queue>();
}
