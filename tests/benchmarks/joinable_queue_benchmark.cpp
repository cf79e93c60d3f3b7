// The joinable queue beside a pipe, which keeps none of its promises: the same messages
// through both in turn, and the ratio of the best of each. Run it on an idle machine.
#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "examples_2017_09_09_12_16/message_passing/joinable_queue.hpp"
#include "examples_2017_09_09_12_16/message_passing/measure_messages.hpp"

namespace {

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

// A pipe holds 64 messages, too.
class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_, O_CLOEXEC) != 0) throw std::runtime_error("cannot make a pipe");
  }
  ~Pipe() {
    for (const int end : ends_) ::close(end);
  }
  void open_to_send() {}
  void open_to_receive() {}
  void send(const Message& message) {
    if (::write(ends_[1], message.data(), sizeof message) != sizeof message)
      throw std::runtime_error("cannot send");
  }
  Message receive() {
    Message message;
    if (::read(ends_[0], message.data(), sizeof message) != sizeof message)
      throw std::runtime_error("cannot receive");
    return message;
  }

 private:
  int ends_[2];
};

// Microseconds a message, when several processes take from one channel.
template <channel Channel>
double several_consumers() {
  constexpr std::uint32_t many = 20'000, consumers = 4;
  Channel tasks, ends;
  std::vector<Process> processes;
  for (std::uint32_t n = 0; n < consumers; ++n)
    processes
        .emplace_back([&, n] {
          while (tasks.receive()[0] != many) continue;
          ends.send(make_message(n));
        })
        .start();
  const auto start = std::chrono::steady_clock::now();
  for (std::uint32_t i = 0; i < many; ++i) tasks.send(make_message(i));
  for (std::uint32_t n = 0; n < consumers; ++n) tasks.send(make_message(many));
  for (std::uint32_t n = 0; n < consumers; ++n) ends.receive();
  const std::chrono::duration<double, std::micro> taken =
      std::chrono::steady_clock::now() - start;
  return taken.count() / many;
}

struct Best {
  double one_by_one = 1e9, in_a_row = 1e9, consumers = 1e9;

  template <channel Channel>
  void measure() {
    const MessageTimes times = time_messages<Channel>();
    one_by_one = std::min(one_by_one, times.one_by_one);
    in_a_row = std::min(in_a_row, times.in_a_row);
    consumers = std::min(consumers, several_consumers<Channel>());
  }
};

void print_row(const char* what, double queue, double pipe) {
  fmt::print("{:<28}  {:>8.2f}  {:>8.2f}  {:>8.2f}\n", what, queue, pipe, queue / pipe);
}

}  // namespace

int main() {
  Best queue, pipe;
  for (int round = 0; round < 10; ++round) {
    queue.measure<Queue>();
    pipe.measure<Pipe>();
  }
  fmt::print("{:<28}  {:>8}  {:>8}  {:>8}\n", "µs a message", "queue", "pipe", "ratio");
  print_row("one, there or back", queue.one_by_one, pipe.one_by_one);
  print_row("one of many in a row", queue.in_a_row, pipe.in_a_row);
  print_row("the same, four consumers", queue.consumers, pipe.consumers);
}
