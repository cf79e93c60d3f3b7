#include "measurements/bytes_to_a_process.hpp"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cstring>
#include <memory>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include "measurements/figure.hpp"
#include "program/pass_descriptor.hpp"
#include "program/read_write.hpp"
#include "program/system_error.hpp"

namespace measurements {
namespace {

using program::above_standard;
using program::FileDescriptor;
using program::throw_on_error;

void send_all(int socket, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ::ssize_t sent =
        throw_on_error(::send(socket, bytes, size, MSG_NOSIGNAL), "send");
    bytes += sent;
    size -= static_cast<std::size_t>(sent);
  }
}

void receive_all(int socket, char* bytes, std::size_t size) {
  while (size > 0) {
    const ::ssize_t got = throw_on_error(::recv(socket, bytes, size, 0), "recv");
    if (got == 0) throw std::runtime_error("the other process has ended");
    bytes += got;
    size -= static_cast<std::size_t>(got);
  }
}

void* map_shared(std::size_t size, int protection, int flags, int file) {
  void* const address = ::mmap(nullptr, size, protection, flags, file, 0);
  if (address == MAP_FAILED) program::throw_errno("mmap");
  return address;
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
  FileDescriptor memory;
  const ::ssize_t got = throw_on_error(
      program::receive_with_descriptor(socket, std::span(&byte, 1), memory), "recvmsg");
  if (got != 1 || !memory) throw std::runtime_error("no memory has come");
  void* const address =
      map_shared(size, PROT_READ, MAP_SHARED | MAP_POPULATE, memory.get());
  const std::string arguments(static_cast<const char*>(address), size);
  ::munmap(address, size);
  memory.reset();
  send_all(socket, &arguments.back(), 1);
}

void send_by_memory(int socket, const std::string& bytes) {
  const FileDescriptor memory =
      above_standard(FileDescriptor(::memfd_create("benchmark", MFD_CLOEXEC)));
  throw_on_error(memory.get(), "memfd_create");
  program::write_all(memory.get(), std::as_bytes(std::span(bytes)), "write");
  char byte = 0;
  ::iovec piece{&byte, 1};
  throw_on_error(
      program::send_with_descriptor(socket, std::span(&piece, 1), memory.get()),
      "sendmsg");
}

}  // namespace

SharedMemory::SharedMemory(std::size_t size)
    : size_(size),
      address_(map_shared(size, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1)) {}

SharedMemory::~SharedMemory() {
  ::munmap(address_, size_);
}

BytesToAProcess::BytesToAProcess(std::size_t size, int messages)
    : bytes_(size, 'x'), messages_(messages), kept_(size) {
  std::array<int, 2> sockets;
  throw_on_error(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets.data()),
                 "socketpair");
  FileDescriptor first(sockets[0]), second(sockets[1]);
  sender_ = above_standard(std::move(first));
  receiver_ = above_standard(std::move(second));
  if (!sender_ || !receiver_) program::throw_errno("socketpair");
  process_.emplace([this] { receive(); });
  process_->start();
  receiver_.reset();  // so that its end is seen
}

BytesToAProcess::~BytesToAProcess() {
  process_->kill();
  process_->join();
}

Sample BytesToAProcess::rates() {
  std::array<std::vector<double>, 3> taken;
  char answer = 0;
  const int socket = sender_.get();
  const auto wait_for_answer = [&] { receive_all(socket, &answer, 1); };
  const int unmeasured = messages_ > 1 ? 1 : 0;
  for (int message = 0; message < unmeasured + messages_; ++message) {
    taken[0].push_back(seconds_of([&] {
      send_all(socket, bytes_.data(), bytes_.size());
      wait_for_answer();
    }));
    taken[1].push_back(seconds_of([&] {
      send_by_memory(socket, bytes_);
      wait_for_answer();
    }));
    taken[2].push_back(seconds_of([&] {
      std::memcpy(kept_.bytes(), bytes_.data(), bytes_.size());
      send_all(socket, &answer, 1);
      wait_for_answer();
    }));
  }
  for (std::vector<double>& way : taken)
    way.erase(way.begin(), way.begin() + unmeasured);
  const auto total = static_cast<double>(bytes_.size());
  return {{"stream", total / median(taken[0])},
          {"new_memory", total / median(taken[1])},
          {"kept_memory", total / median(taken[2])}};
}

void BytesToAProcess::receive() {
  const int socket = receiver_.get();
  for (;;) {
    receive_by_stream(socket, bytes_.size());
    receive_by_memory(socket, bytes_.size());
    char byte;
    receive_all(socket, &byte, 1);
    const std::string arguments(kept_.bytes(), bytes_.size());
    send_all(socket, &arguments.back(), 1);
  }
}

}  // namespace measurements
