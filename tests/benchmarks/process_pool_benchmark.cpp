// What the pool of processes costs: one call there and back, calls in chunks, and bytes
// by each of the ways that they could be sent. What is compared is measured in turn,
// and each figure is the median of several rounds.
//
//     process_pool_benchmark [--output FILE] [--quick]
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

#include "examples_2017_09_09_12_16/process.hpp"
#include "examples_2025_03_03_16_52/process_pool.hpp"
#include "tests/benchmarks/benchmark.hpp"

namespace asio = boost::asio;

namespace {

int same(int x) {
  return x;
}
int length(const std::string& text) {
  return static_cast<int>(text.size());
}

// ---- One call, and calls in chunks --------------------------------------------------

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

void read_all(int file, char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t got = ::read(file, bytes, size);
    check(got > 0, "read");
    bytes += got;
    size -= static_cast<std::size_t>(got);
  }
}

// A receiver ends with a string of its own, as a worker ends with the function's
// arguments.
void receive_by_stream(int socket, std::size_t size) {
  const auto buffer = std::make_unique_for_overwrite<char[]>(size);
  read_all(socket, buffer.get(), size);
  const std::string arguments(buffer.get(), size);
  write_all(socket, &arguments.back(), 1);
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
  write_all(socket, &arguments.back(), 1);
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

struct Rates {
  double stream, new_memory, kept_memory;
};

/// Bytes per second by a stream, by memory that is made for each message, and by memory
/// that sender and receiver keep, measured in turn.
Rates bytes_per_second(std::size_t size, int rounds) {
  std::array<int, 2> sockets;
  check(::socketpair(AF_UNIX, SOCK_STREAM, 0, sockets.data()) == 0, "socketpair");
  void* address = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  check(address != MAP_FAILED, "mmap");
  const auto kept = static_cast<char*>(address);
  Process receiver([&] {
    for (int round = 0; round < rounds; ++round) {
      receive_by_stream(sockets[1], size);
      receive_by_memory(sockets[1], size);
      char byte;
      read_all(sockets[1], &byte, 1);
      const std::string arguments(kept, size);
      write_all(sockets[1], &arguments.back(), 1);
    }
  });
  receiver.start();
  const std::string bytes(size, 'x');
  char answer = 0;
  std::array<std::vector<double>, 3> taken;
  for (int round = 0; round < rounds; ++round) {
    taken[0].push_back(seconds_of([&] {
      write_all(sockets[0], bytes.data(), size);
      read_all(sockets[0], &answer, 1);
    }));
    taken[1].push_back(seconds_of([&] {
      send_by_memory(sockets[0], bytes);
      read_all(sockets[0], &answer, 1);
    }));
    taken[2].push_back(seconds_of([&] {
      std::memcpy(kept, bytes.data(), size);
      write_all(sockets[0], &answer, 1);
      read_all(sockets[0], &answer, 1);
    }));
  }
  receiver.join();
  for (const int socket : sockets) ::close(socket);
  ::munmap(address, size);
  const auto total = static_cast<double>(size);
  return {total / median(taken[0]), total / median(taken[1]), total / median(taken[2])};
}

/// Seconds for a call with so many bytes, in a packet or in memory.
double call_with_bytes(std::size_t size, std::size_t largest_packet, int calls) {
  ProcessPool pool(1, {.largest_packet = largest_packet});
  const std::string bytes(size, 'x');
  std::vector<double> taken;
  for (int i = 0; i < calls; ++i)
    taken.push_back(seconds_of([&] { pool.submit(length, bytes).get(); }));
  return median(taken);
}

std::string size_name(std::size_t size) {
  if (size >= 1'000'000) return fmt::format("{}_mb", size / 1'000'000);
  return fmt::format("{}_kb", size / 1'000);
}

nlohmann::json measure(bool quick) {
  const int rounds = quick ? 2 : 9;
  const int calls = quick ? 100 : 2000;
  nlohmann::json figures;

  std::vector<double> processes, threads;
  for (int round = 0; round < rounds; ++round) {
    processes.push_back(round_trip_in_processes(calls));
    threads.push_back(round_trip_in_threads(calls));
  }
  figures["call_seconds"] = median(processes);
  figures["thread_call_seconds"] = median(threads);
  fmt::print(
      "one call there and back\n  processes {:10.1f} us\n  threads   {:10.1f} us  "
      "{:.1f} x\n",
      median(processes) * 1e6, median(threads) * 1e6,
      median(processes) / median(threads));

  constexpr std::array chunk_sizes{1, 16, 256};
  std::array<std::vector<double>, 3> rates;
  for (int round = 0; round < rounds; ++round)
    for (std::size_t i = 0; i < chunk_sizes.size(); ++i)
      rates[i].push_back(calls_per_second(calls * 10, chunk_sizes[i]));
  fmt::print("calls per second, two workers\n");
  for (std::size_t i = 0; i < chunk_sizes.size(); ++i) {
    figures[fmt::format("chunks_of_{}_calls_per_second", chunk_sizes[i])] =
        median(rates[i]);
    fmt::print("  chunks of {:4} {:12.0f}  {:.1f} x\n", chunk_sizes[i],
               median(rates[i]), median(rates[i]) / median(rates[0]));
  }

  fmt::print("bytes to another process: by stream, new memory, kept memory\n");
  for (const std::size_t size :
       {16'000ul, 64'000ul, 1'000'000ul, 10'000'000ul, 100'000'000ul}) {
    if (quick && size > 1'000'000) break;
    const auto rate = bytes_per_second(size, size > 5'000'000 ? rounds : rounds * 20);
    const std::string name = size_name(size) + "_bytes_per_second";
    figures["stream_" + name] = rate.stream;
    figures["new_memory_" + name] = rate.new_memory;
    figures["kept_memory_" + name] = rate.kept_memory;
    fmt::print("  {:>6} {:8.0f} MB/s {:8.0f} MB/s  {:.2f} x {:8.0f} MB/s  {:.2f} x\n",
               size_name(size), rate.stream / 1e6, rate.new_memory / 1e6,
               rate.new_memory / rate.stream, rate.kept_memory / 1e6,
               rate.kept_memory / rate.stream);
  }

  fmt::print("one call with so many bytes: in a packet, in memory\n");
  for (const std::size_t size :
       {1'000ul, 4'000ul, 16'000ul, 32'000ul, 64'000ul, 128'000ul}) {
    std::vector<double> packet, memory;
    for (int round = 0; round < rounds; ++round) {
      packet.push_back(call_with_bytes(size, 200'000, calls / 4));
      memory.push_back(call_with_bytes(size, 0, calls / 4));
    }
    figures["packet_" + size_name(size) + "_call_seconds"] = median(packet);
    figures["memory_" + size_name(size) + "_call_seconds"] = median(memory);
    fmt::print("  {:>6} {:8.1f} us {:8.1f} us  {:.2f} x\n", size_name(size),
               median(packet) * 1e6, median(memory) * 1e6,
               median(memory) / median(packet));
  }
  return figures;
}

}  // namespace

int main(int argc, char** argv) {
  return run_benchmark("process_pool_benchmark", "What the pool of processes costs",
                       argc, argv, measure);
}
