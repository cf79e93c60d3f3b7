// What the pool of processes costs: one call there and back, calls in chunks, and bytes
// by each of the ways that they could be sent. What is compared is measured in turn.
//
//     process_pool_benchmark [--form trial|short|long]
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <cstring>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "examples_2017_09_09_12_16/process.hpp"
#include "examples_2025_03_03_16_52/process_pool.hpp"
#include "measurements/comparison.hpp"
#include "measurements/measurement.hpp"
#include "measurements/resources.hpp"

namespace asio = boost::asio;

namespace measurements {
namespace {

int same(int x) {
  return x;
}
int length(const std::string& text) {
  return static_cast<int>(text.size());
}

// ---- One call, and calls in chunks --------------------------------------------------

// A worker and its caller take turns on one core, or wake each other on two, which
// takes many times as long on some machines. The scheduler decides that when a pool
// begins, so each run has a pool of its own, with few calls.

// To make a pool takes a part of a round, which is to have ten of them or more.
constexpr double long_round_seconds = 0.1;

double round_trip_in_processes(int calls) {
  ProcessPool pool(1);
  std::vector<double> taken;
  for (int i = 0; i < calls; ++i)
    taken.push_back(seconds_of([&] { pool.submit(same, i).get(); }));
  return median(taken);
}

double round_trip_in_threads(int calls) {
  asio::thread_pool pool(1);
  std::vector<double> taken;
  for (int i = 0; i < calls; ++i)
    taken.push_back(seconds_of(
        [&] { asio::post(pool, asio::use_future([i] { return same(i); })).get(); }));
  return median(taken);
}

double calls_per_second(int calls, int chunk_size) {
  std::vector<int> inputs(static_cast<std::size_t>(calls));
  std::iota(inputs.begin(), inputs.end(), 0);
  ProcessPool pool(2);
  long sum = 0;
  const double taken = seconds_of([&] {
    for (const int x : pool.map(same, inputs, chunk_size)) sum += x;
  });
  if (sum != long{calls} * (calls - 1) / 2) throw std::runtime_error("a wrong sum");
  return calls / taken;
}

// ---- Bytes to a process that answers with one byte ----------------------------------

void check(bool good, const char* what) {
  if (!good) throw std::system_error(errno, std::generic_category(), what);
}

void write_all(int file, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(file, bytes, size);
    check(written > 0, "write");
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
}

void send_all(int socket, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = ::send(socket, bytes, size, MSG_NOSIGNAL);
    check(sent > 0, "send");
    bytes += sent;
    size -= static_cast<std::size_t>(sent);
  }
}

void receive_all(int socket, char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t got = ::recv(socket, bytes, size, 0);
    check(got >= 0, "recv");
    if (got == 0) throw std::runtime_error("the other process has ended");
    bytes += got;
    size -= static_cast<std::size_t>(got);
  }
}

// A receiver ends with a string of its own, as a worker ends with the function's
// arguments.
void receive_by_stream(int socket, std::size_t size) {
  const auto buffer = std::make_unique_for_overwrite<char[]>(size);
  receive_all(socket, buffer.get(), size);
  const std::string arguments(buffer.get(), size);
  send_all(socket, &arguments.back(), 1);
}

void receive_by_memory(int socket, std::size_t size) {
  char byte;
  ::iovec piece{&byte, 1};
  ::msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  alignas(::cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  check(::recvmsg(socket, &message, 0) == 1 && CMSG_FIRSTHDR(&message), "recvmsg");
  int memory;
  std::memcpy(&memory, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof memory);
  void* address =
      ::mmap(nullptr, size, PROT_READ, MAP_SHARED | MAP_POPULATE, memory, 0);
  check(address != MAP_FAILED, "mmap");
  const std::string arguments(static_cast<const char*>(address), size);
  ::munmap(address, size);
  ::close(memory);
  send_all(socket, &arguments.back(), 1);
}

void send_by_memory(int socket, const std::string& bytes) {
  int memory = ::memfd_create("benchmark", MFD_CLOEXEC);
  check(memory >= 0, "memfd_create");
  write_all(memory, bytes.data(), bytes.size());
  char byte = 0;
  ::iovec piece{&byte, 1};
  ::msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  alignas(::cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ::cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &memory, sizeof memory);
  check(::sendmsg(socket, &message, 0) == 1, "sendmsg");
  ::close(memory);
}

/// Sender and receiver, and memory that both keep.
class BytesToAProcess {
 public:
  /// \param size Of each message.
  /// \param messages How many are measured by each way. Where it is more than one, one
  ///   more is sent before them, for which both sides take memory that they keep.
  BytesToAProcess(std::size_t size, int messages)
      : bytes_(size, 'x'), messages_(messages), kept_(size) {
    check(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets_.data()) == 0,
          "socketpair");
    receiver_.emplace([this] { receive(); });
    receiver_->start();
    ::close(std::exchange(sockets_[1], -1));  // so that its end is seen
  }
  BytesToAProcess(const BytesToAProcess&) = delete;
  BytesToAProcess& operator=(const BytesToAProcess&) = delete;
  ~BytesToAProcess() {
    receiver_->kill();
    receiver_->join();
    ::close(sockets_[0]);
  }

  /// Bytes per second by a stream, by memory that is made for each message, and by the
  /// memory that is kept, in turn.
  Sample rates() {
    std::array<std::vector<double>, 3> taken;
    char answer = 0;
    const auto answered = [&] { receive_all(sockets_[0], &answer, 1); };
    const int unmeasured = messages_ > 1 ? 1 : 0;
    for (int message = 0; message < unmeasured + messages_; ++message) {
      taken[0].push_back(seconds_of([&] {
        send_all(sockets_[0], bytes_.data(), bytes_.size());
        answered();
      }));
      taken[1].push_back(seconds_of([&] {
        send_by_memory(sockets_[0], bytes_);
        answered();
      }));
      taken[2].push_back(seconds_of([&] {
        std::memcpy(kept_.bytes(), bytes_.data(), bytes_.size());
        send_all(sockets_[0], &answer, 1);
        answered();
      }));
    }
    for (std::vector<double>& way : taken)
      way.erase(way.begin(), way.begin() + unmeasured);
    const auto total = static_cast<double>(bytes_.size());
    return {{"stream", total / median(taken[0])},
            {"new_memory", total / median(taken[1])},
            {"kept_memory", total / median(taken[2])}};
  }

 private:
  class Shared {
   public:
    explicit Shared(std::size_t size)
        : size_(size),
          address_(::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0)) {
      check(address_ != MAP_FAILED, "mmap");
    }
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;
    ~Shared() { ::munmap(address_, size_); }
    char* bytes() const { return static_cast<char*>(address_); }

   private:
    std::size_t size_;
    void* address_;
  };

  void receive() {
    for (;;) {
      receive_by_stream(sockets_[1], bytes_.size());
      receive_by_memory(sockets_[1], bytes_.size());
      char byte;
      receive_all(sockets_[1], &byte, 1);
      const std::string arguments(kept_.bytes(), bytes_.size());
      send_all(sockets_[1], &arguments.back(), 1);
    }
  }

  const std::string bytes_;
  const int messages_;
  const Shared kept_;
  std::array<int, 2> sockets_{};
  std::optional<Process> receiver_;
};

/// Seconds for a call with so many bytes, in a packet or in memory.
double call_with_bytes(std::size_t size, std::size_t largest_packet, int calls) {
  const std::string bytes(size, 'x');
  ProcessPool pool(1, {.largest_packet = largest_packet});
  std::vector<double> taken;
  for (int i = 0; i < calls; ++i)
    taken.push_back(seconds_of([&] { pool.submit(length, bytes).get(); }));
  return median(taken);
}

std::string size_name(std::size_t size) {
  if (size >= 1'000'000) return fmt::format("{}_mb", size / 1'000'000);
  return fmt::format("{}_kb", size / 1'000);
}

void measure_calls(const MeasurementOptions& options, Report& report, int calls) {
  Comparison seconds(
      options.form,
      {.short_seconds = 1, .long_rounds = 9, .max_round_seconds = long_round_seconds});
  seconds.add("call_seconds", [=] { return round_trip_in_processes(calls); });
  seconds.add("thread_call_seconds", [=] { return round_trip_in_threads(calls); });
  seconds.run();
  report.heading("one call there and back, to a process and to a thread");
  for (const std::string& peer : seconds.peers())
    report.add(peer, seconds.figure(peer));

  Comparison rates(options.form, {.short_seconds = 1, .long_rounds = 9});
  for (const int chunk_size : {1, 16, 256})
    rates.add(fmt::format("chunks_of_{}_calls_per_second", chunk_size), [=] {
      return calls_per_second(calls * (chunk_size == 1 ? 20 : 100), chunk_size);
    });
  rates.run();
  report.heading("calls in chunks, two workers");
  for (const std::string& peer : rates.peers()) report.add(peer, rates.figure(peer));
}

void measure_bytes(const MeasurementOptions& options, Report& report) {
  report.heading("bytes to another process: by stream, by new memory, by kept memory");
  for (const std::size_t size :
       {16'000ul, 64'000ul, 1'000'000ul, 10'000'000ul, 100'000'000ul}) {
    // Memory for the largest is taken anew for each message, and given back.
    const int messages = size < 1'000'000 ? 20 : size < 50'000'000 ? 2 : 1;
    Comparison rates(options.form, {.short_seconds = size == 10'000'000 ? 1 : 0.5,
                                    .long_seconds = 10,
                                    .long_rounds = 9});
    rates.add("bytes", [=] {
      need_memory(6.0 * static_cast<double>(size));
      return BytesToAProcess(size, messages).rates();
    });
    rates.run();
    for (const char* way : {"stream", "new_memory", "kept_memory"})
      report.add(fmt::format("{}_{}_bytes_per_second", way, size_name(size)),
                 rates.figure("bytes", way));
  }
}

void measure_calls_with_bytes(const MeasurementOptions& options, Report& report,
                              int calls) {
  report.heading("one call with so many bytes: in a packet, in memory");
  for (const std::size_t size :
       {1'000ul, 4'000ul, 16'000ul, 32'000ul, 64'000ul, 128'000ul}) {
    Comparison seconds(options.form, {.short_seconds = 0.7,
                                      .long_seconds = 10,
                                      .long_rounds = 9,
                                      .max_round_seconds = long_round_seconds});
    for (const auto& [way, largest_packet] :
         {std::pair{"packet", 200'000ul}, std::pair{"memory", 0ul}})
      seconds.add(fmt::format("{}_{}_call_seconds", way, size_name(size)),
                  [=] { return call_with_bytes(size, largest_packet, calls); });
    seconds.run();
    for (const std::string& peer : seconds.peers())
      report.add(peer, seconds.figure(peer));
  }
}

void measure_pool(const MeasurementOptions& options, Report& report) {
  measure_calls(options, report, by_form(options.form, 10, 50, 50));
  measure_bytes(options, report);
  measure_calls_with_bytes(options, report, by_form(options.form, 3, 15, 15));
}

}  // namespace
}  // namespace measurements

int main(int argc, char** argv) {
  return measurements::run_measurement(argc, argv, "process_pool",
                                       "What the pool of processes costs",
                                       measurements::measure_pool);
}
