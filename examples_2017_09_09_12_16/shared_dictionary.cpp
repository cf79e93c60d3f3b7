// A request is one byte, what it is, then a key and a value, whatever it needs of them;
// a reply is the number of bytes that follow, and these. The sizes of keys and values
// are fixed, so a request has always the same size, and a process that is killed within
// one leaves a part of one, which changes nothing.
//
// The socket that the manager listens at has no file. Its name, which the kernel
// chooses, is in a space of names that all users of the machine share; so the manager
// asks the kernel who calls, and turns other users away.
#include "examples_2017_09_09_12_16/shared_dictionary.hpp"

#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <exception>
#include <unordered_map>
#include <utility>

#include "examples_2017_09_09_12_16/process.hpp"
#include "program/file_descriptor.hpp"
#include "program/system_error.hpp"

inline namespace book {

namespace asio = boost::asio;
using Socket = asio::local::stream_protocol;
using Bytes = DictionaryOfBytes::Bytes;
using program::FileDescriptor;

namespace {

enum Request : std::uint8_t { set_value, get_value, get_items };

struct Sizes {
  std::size_t key, value;
  std::size_t request() const { return 1 + key + value; }
};

// ---- In the manager -----------------------------------------------------------------

bool is_own_user(Socket::socket& caller) {
  ::ucred credentials{};
  ::socklen_t size = sizeof credentials;
  return ::getsockopt(caller.native_handle(), SOL_SOCKET, SO_PEERCRED, &credentials,
                      &size) == 0 &&
         credentials.uid == ::geteuid();
}

class Manager {
 public:
  Manager(Sizes sizes, int listening)
      : sizes_(sizes), acceptor_(context_, Socket(), listening) {}

  void run() {
    asio::co_spawn(context_, accept(), [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);  // such as too many callers: it ends
    });
    context_.run();
  }

 private:
  asio::awaitable<void> accept() {
    for (;;) {
      Socket::socket caller = co_await acceptor_.async_accept(asio::use_awaitable);
      if (is_own_user(caller))
        asio::co_spawn(context_, serve(std::move(caller)), asio::detached);
    }
  }

  // Until the caller closes its end, which is an exception that ends it.
  asio::awaitable<void> serve(Socket::socket caller) {
    for (;;) {
      Bytes request(sizes_.request(), '\0');
      co_await asio::async_read(caller, asio::buffer(request), asio::use_awaitable);
      const Bytes found = answer(request);
      const std::uint64_t size = found.size();
      const std::array reply{asio::buffer(&size, sizeof size), asio::buffer(found)};
      co_await asio::async_write(caller, reply, asio::use_awaitable);
    }
  }

  Bytes answer(const Bytes& request) {
    const Bytes key = request.substr(1, sizes_.key);
    switch (static_cast<Request>(request.front())) {
      case set_value:
        entries_[key] = request.substr(1 + sizes_.key);
        return {};
      case get_value: {
        const auto found = entries_.find(key);
        return found == entries_.end() ? Bytes() : found->second;
      }
      case get_items:
        break;
    }
    Bytes all;
    for (const auto& [one, value] : entries_) all += one + value;
    return all;
  }

  const Sizes sizes_;
  asio::io_context context_{1};
  Socket::acceptor acceptor_;
  std::unordered_map<Bytes, Bytes> entries_;
};

// For a socket, to which no time at all means for ever.
::timeval as_timeval(std::chrono::duration<double> time) {
  using namespace std::chrono_literals;
  const auto us = std::chrono::ceil<std::chrono::microseconds>(
      std::clamp<std::chrono::duration<double>>(time, 1us, 1e9s));
  const auto s = std::chrono::floor<std::chrono::seconds>(us);
  return {s.count(), (us - s).count()};
}

FileDescriptor make_socket() {
  FileDescriptor socket = program::above_standard(
      FileDescriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)));
  program::throw_on_error(socket.get(), "cannot make a socket");
  return socket;
}

}  // namespace

// ---- In the processes that use it ---------------------------------------------------

manager_ended::manager_ended() : runtime_error("the manager process has ended") {}

manager_silent::manager_silent()
    : runtime_error("the manager process does not answer, though it has not ended") {}

struct DictionaryOfBytes::State {
  State(Sizes sizes_, DictionaryOptions options)
      : sizes(sizes_), timeout(as_timeval(options.timeout)) {
    const FileDescriptor listening = make_socket();
    auto* const address = reinterpret_cast<::sockaddr*>(&name);
    name.sun_family = AF_UNIX;
    // A name of no length is left to the kernel to choose.
    if (::bind(listening.get(), address, sizeof name.sun_family) != 0 ||
        ::listen(listening.get(), SOMAXCONN) != 0 ||
        ::getsockname(listening.get(), address, &name_size) != 0)
      program::throw_errno("cannot make a socket");

    manager.emplace(ProcessOptions{.name = "Manager", .daemon = true}, [&] {
      ::signal(SIGINT, SIG_IGN);  // Ctrl-C is for those who use it
      Manager(sizes, listening.get()).run();
    });
    manager->start();
  }

  void connect() {
    if (owner == ::getpid()) return;
    // What a parent has connected is the parent's: this process only has a copy of it.
    FileDescriptor socket = make_socket();
    // For connect(), too, which waits where many have called before.
    for (const int direction : {SO_SNDTIMEO, SO_RCVTIMEO})
      if (::setsockopt(socket.get(), SOL_SOCKET, direction, &timeout, sizeof timeout) !=
          0)
        program::throw_errno("cannot set up a socket");
    if (::connect(socket.get(), reinterpret_cast<::sockaddr*>(&name), name_size) != 0) {
      if (errno == ECONNREFUSED) throw manager_ended();
      if (errno == EAGAIN) throw manager_silent();
      program::throw_errno("cannot reach the manager");
    }
    connection = std::move(socket);
    owner = ::getpid();
  }

  void send(const Bytes& bytes) {
    for (std::size_t done = 0; done < bytes.size();) {
      const auto n =
          ::send(connection.get(), &bytes[done], bytes.size() - done, MSG_NOSIGNAL);
      if (n >= 0)
        done += static_cast<std::size_t>(n);
      else if (errno != EINTR)
        fail();
    }
  }

  void receive(char* bytes, std::size_t size) {
    while (size > 0) {
      const auto n = ::recv(connection.get(), bytes, size, 0);
      if (n < 0 && errno == EINTR) continue;
      if (n == 0) errno = ECONNRESET;
      if (n <= 0) fail();
      bytes += n;
      size -= static_cast<std::size_t>(n);
    }
  }

  // The answer that was waited for may come yet: it is not to be the next request's.
  [[noreturn]] void fail() {
    const bool silent = errno == EAGAIN;
    connection.reset();
    owner = 0;
    if (silent) throw manager_silent();
    throw manager_ended();
  }

  Bytes ask(Request what, std::span<const std::byte> key = {},
            std::span<const std::byte> value = {}) {
    connect();
    Bytes request(1, static_cast<char>(what));
    for (const auto part : {key, value})
      request.append(reinterpret_cast<const char*>(part.data()), part.size());
    request.resize(sizes.request());
    send(request);
    std::uint64_t size = 0;
    receive(reinterpret_cast<char*>(&size), sizeof size);
    Bytes reply(size, '\0');
    receive(reply.data(), size);
    return reply;
  }

  const Sizes sizes;
  const ::timeval timeout;
  ::sockaddr_un name{};
  ::socklen_t name_size = sizeof name;
  std::optional<Process> manager;
  FileDescriptor connection;
  ::pid_t owner = 0;  // of the connection
};

DictionaryOfBytes::DictionaryOfBytes(std::size_t key_size, std::size_t value_size,
                                     DictionaryOptions options)
    : state_(std::make_unique<State>(Sizes{key_size, value_size}, options)) {}

DictionaryOfBytes::~DictionaryOfBytes() = default;

void DictionaryOfBytes::set(std::span<const std::byte> key,
                            std::span<const std::byte> value) {
  state_->ask(set_value, key, value);
}

Bytes DictionaryOfBytes::get(std::span<const std::byte> key) {
  return state_->ask(get_value, key);
}

Bytes DictionaryOfBytes::items() {
  return state_->ask(get_items);
}

pid_t DictionaryOfBytes::manager_pid() const {
  return state_->manager->pid();
}

}  // namespace book
