#include "examples_2025_03_03_16_52/process_pool.hpp"

#include <cxxabi.h>
#include <fmt/core.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/core/demangle.hpp>
#include <boost/interprocess/streams/bufferstream.hpp>
#include <cerrno>
#include <cstring>
#include <deque>
#include <span>
#include <system_error>
#include <thread>

#include "examples_2017_09_09_12_16/process.hpp"
#include "program/file_descriptor.hpp"
#include "program/pass_descriptor.hpp"
#include "program/system_error.hpp"

inline namespace book {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using program::FileDescriptor;

namespace process_pool_details {

std::pair<std::string, std::string> current_exception_text() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  std::string name =
      type ? boost::core::demangle(type->name()) : "an unknown exception";
  try {
    throw;
  } catch (const process_details::ExitRequest&) {
    throw;  // it asks for the worker's end
  } catch (const std::exception& error) {
    return {std::move(name), error.what()};
  } catch (...) {
    return {std::move(name), ""};
  }
}

namespace {

// ---- Packets ------------------------------------------------------------------------
//
// All sockets are of the kind SOCK_SEQPACKET: what is sent by one call is received by
// one call or not at all, so a sender that is killed never leaves half a packet.
//
// More bytes than a packet may have travel in memory that sender and receiver share. It
// is anonymous (memfd): it has no name, its descriptor goes with the packet, and it is
// gone when nobody has it any more. Both keep it for the next time: to touch memory for
// the first time costs several times as much as to copy into it. Since a worker has one
// call at a time, and the pool reads an answer before it gives the next call, nobody
// writes into it while the other one reads.

std::pair<FileDescriptor, FileDescriptor> make_socket_pair() {
  constexpr auto failed = "cannot make a pair of sockets";
  std::array<int, 2> ends;
  program::throw_on_error(
      ::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), failed);
  FileDescriptor one(ends[0]), other(ends[1]);
  std::pair pair(program::above_standard(std::move(one)),
                 program::above_standard(std::move(other)));
  if (!pair.first || !pair.second) program::throw_errno(failed);
  return pair;
}

/// Sends one packet, made of pieces, and a descriptor if there is one.
/// @return Whether it was sent; otherwise errno says why not.
bool send_packet(int socket, std::span<::iovec> pieces, int descriptor, int flags = 0) {
  return program::send_with_descriptor(socket, pieces, descriptor, flags) >= 0;
}

/// Anonymous memory, as this process sees it.
class Mapping {
 public:
  Mapping() = default;
  Mapping(const FileDescriptor& memory, std::size_t size, int protection)
      : address_(::mmap(nullptr, size, protection, MAP_SHARED | MAP_POPULATE,
                        memory.get(), 0)),
        size_(size) {
    if (address_ == MAP_FAILED) program::throw_errno("cannot map shared memory");
  }
  Mapping(Mapping&& other) noexcept
      : address_(std::exchange(other.address_, MAP_FAILED)), size_(other.size_) {}
  Mapping& operator=(Mapping&& other) noexcept {
    std::swap(address_, other.address_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Mapping() {
    if (address_ != MAP_FAILED) ::munmap(address_, size_);
  }

  char* data() const { return static_cast<char*>(address_); }
  std::size_t size() const { return address_ == MAP_FAILED ? 0 : size_; }

 private:
  void* address_ = MAP_FAILED;
  std::size_t size_ = 0;
};

// More than this is not kept: it would be much for a memory that may be used once.
constexpr std::size_t max_kept_size = 64 << 20;

/// What a packet says: a call, or its answer.
enum class Kind : std::uint32_t { call, value, exception };

struct Header {
  Kind kind;
  std::uint32_t memory =
      0;                 // the number of the memory that has the bytes; 0: the packet
  Job job = nullptr;     // of a call
  std::size_t size = 0;  // how many bytes
  std::size_t capacity = 0;  // of the memory
};

/// The sending side of a connection's memory.
class Outbox {
 public:
  explicit Outbox(std::size_t max_packet_size) : max_packet_size_(max_packet_size) {}

  /// Sends bytes, in the packet or by memory.
  /// @return Whether they were sent; otherwise errno says why not.
  /// @throws std::system_error if there is no memory, or no descriptor for it.
  bool send(int socket, Header header, std::string_view bytes, int flags = 0) {
    header.size = bytes.size();
    if (bytes.size() <= max_packet_size_) {
      std::array<::iovec, 2> pieces{::iovec{&header, sizeof header},
                                    {const_cast<char*>(bytes.data()), bytes.size()}};
      if (send_packet(socket, pieces, -1, flags)) return true;
      if (errno != EMSGSIZE) return false;  // this system allows smaller packets only
    }
    if (bytes.size() > mapping_.size()) allocate(bytes.size());
    std::memcpy(mapping_.data(), bytes.data(), bytes.size());
    header.memory = number_;
    header.capacity = mapping_.size();
    ::iovec piece{&header, sizeof header};
    const bool sent = send_packet(socket, {&piece, 1}, memory_.get(), flags);
    if (mapping_.size() > max_kept_size) release();
    return sent;
  }

 private:
  void allocate(std::size_t size) {
    release();
    const std::size_t capacity = size > max_kept_size ? size : std::bit_ceil(size);
    constexpr auto failed = "cannot make memory to send";
    FileDescriptor memory = program::above_standard(
        FileDescriptor(::memfd_create("process_pool", MFD_CLOEXEC)));
    program::throw_on_error(memory.get(), failed);
    // Not when it is touched: there, a lack of memory would end the process.
    program::throw_on_error_number(
        ::posix_fallocate(memory.get(), 0, static_cast<::off_t>(capacity)), failed);
    mapping_ = Mapping(memory, capacity, PROT_READ | PROT_WRITE);
    memory_ = std::move(memory);
    ++number_;
  }
  void release() {
    mapping_ = Mapping();
    memory_.reset();
  }

  std::size_t max_packet_size_;
  FileDescriptor memory_;
  Mapping mapping_;
  std::uint32_t number_ = 0;
};

/// The receiving side of a connection's memory.
class Inbox {
 public:
  /// Gives the bytes that came with a packet to a function, as an archive to read.
  /// @throws std::system_error if there was no descriptor left to receive them.
  template <class Function>
  void read(const Header& header, std::string_view packet, FileDescriptor& memory,
            const Function& function) {
    std::string_view bytes = packet.substr(sizeof header);
    if (header.memory != 0) {
      if (header.memory != number_) map(header, memory);
      bytes = {mapping_.data(), header.size};
    }
    boost::interprocess::ibufferstream stream(bytes.data(), bytes.size());
    Input input(stream);
    function(input);
    if (mapping_.size() > max_kept_size) {
      mapping_ = Mapping();
      number_ = 0;
    }
  }

 private:
  void map(const Header& header, FileDescriptor& memory) {
    if (!memory) program::throw_on_error_number(EMFILE, "cannot receive memory");
    mapping_ = Mapping();
    number_ = 0;
    mapping_ = Mapping(memory, header.capacity, PROT_READ);
    number_ = header.memory;
  }

  Mapping mapping_;
  std::uint32_t number_ = 0;
};

Header header_of(std::string_view packet) {
  Header header;
  std::memcpy(&header, packet.data(), sizeof header);
  return header;
}

// ---- A worker -----------------------------------------------------------------------

/// What a call printed is out before its answer; what is lost fails the call.
void flush_output() {
  errno = 0;
  const bool written = std::fflush(stdout) == 0 && !std::ferror(stdout);
  const int error = errno;
  std::clearerr(stdout);  // the next call's output is another matter
  if (written) return;
  if (error == 0) throw std::runtime_error("cannot write the output");
  throw std::system_error(error, std::generic_category(), "cannot write the output");
}

/// In a worker: takes calls and answers them until the pool hangs up.
void work(const FileDescriptor& socket, std::size_t max_packet_size) {
  std::vector<char> buffer(sizeof(Header) + max_packet_size);
  FileDescriptor memory;
  Inbox inbox;
  Outbox outbox(max_packet_size);
  ssize_t size;
  while ((size = program::receive_with_descriptor(socket.get(), buffer, memory)) > 0) {
    const std::string_view packet(buffer.data(), static_cast<std::size_t>(size));
    bool sent;
    try {
      std::ostringstream result;
      const Header call = header_of(packet);
      inbox.read(call, packet, memory, [&](Input& arguments) {
        Output output(result);
        call.job(arguments, output);
      });
      flush_output();
      sent = outbox.send(socket.get(), {.kind = Kind::value}, result.view());
    } catch (...) {
      const std::string text = as_bytes(current_exception_text());
      std::fflush(stdout);
      std::clearerr(stdout);  // that the call failed is said
      sent = outbox.send(socket.get(), {.kind = Kind::exception}, text);
    }
    if (!sent) return;
  }
}

// ---- The fork server ----------------------------------------------------------------
//
// A process that has threads must not be copied, and the pool's process has one from
// the first call on. So the first thing that is started is a small process, the fork
// server, that never has any, and workers are copies of the fork server.

/// Asks the fork server for a worker of this number, in place of one that has ended.
struct Request {
  int number;
};

struct Reply {
  int error;      // of the system, if there is no new worker
  pid_t pid;      // of the new worker; its socket comes along
  int exit_code;  // of the former one
};

/// In the fork server: starts workers, and waits for their ends, until the pool hangs
/// up.
void serve_forks(FileDescriptor pool, std::size_t max_packet_size) {
  std::map<int, Process> workers;
  Request request;
  FileDescriptor none;
  while (program::receive_with_descriptor(
             pool.get(), {reinterpret_cast<char*>(&request), sizeof request}, none) ==
         sizeof request) {
    Reply reply{};
    std::pair<FileDescriptor, FileDescriptor> ends;
    try {
      if (const auto former = workers.find(request.number); former != workers.end()) {
        former->second.join();
        reply.exit_code = *former->second.exit_code();
        workers.erase(former);
      }
      ends = make_socket_pair();
      Process worker({.name = fmt::format("worker {}", request.number)}, [&] {
        ends.first.reset();  // or it would hold its own connection open
        pool.reset();
        workers.clear();
        work(ends.second, max_packet_size);
      });
      worker.start();
      reply.pid = worker.pid();
      workers.emplace(request.number, std::move(worker));
    } catch (const std::system_error& error) {
      reply.error = error.code().value();
    }
    ::iovec piece{&reply, sizeof reply};
    if (!send_packet(pool.get(), {&piece, 1}, ends.first.get())) break;
  }
  // Each has ended, or will when it reads from its connection, which the pool closed.
  for (auto& [number, worker] : workers)
    if (!worker.join_for(1min)) worker.kill();
}

/// Ends a connection, for the copies too that other processes have of this end: those
/// that this process has started since it made the connection.
void hang_up(int socket) {
  ::shutdown(socket, SHUT_RDWR);
}

/// The fork server as the pool sees it. Destroying it hangs up and waits for its end.
struct ForkServer {
  Process process;
  FileDescriptor socket;

  explicit ForkServer(std::size_t max_packet_size)
      : ForkServer(make_socket_pair(), max_packet_size) {}
  ForkServer(const ForkServer&) = delete;
  ForkServer& operator=(const ForkServer&) = delete;
  ~ForkServer() { hang_up(socket.get()); }

  /// Asks for a worker of this number: the next after the answer to the last.
  /// @throws broken_pool if it has ended.
  void ask(int number);

  /// Takes the answer.
  /// @param worker For the new worker's socket.
  /// @param flags MSG_DONTWAIT, or 0 to wait: starting one takes a few milliseconds.
  /// @return The answer; nothing if it was not waited for, and is not there.
  /// @throws broken_pool if it has ended.
  std::optional<Reply> answer(FileDescriptor& worker, int flags);

 private:
  [[noreturn]] void throw_ended();

  ForkServer(std::pair<FileDescriptor, FileDescriptor> ends,
             std::size_t max_packet_size)
      : process({.name = "fork server"},
                [ours = ends.first.get(), its = ends.second.get(), max_packet_size] {
                  ::close(ours);  // or it would not see that the pool hangs up
                  serve_forks(FileDescriptor(its), max_packet_size);
                }),
        socket(std::move(ends.first)) {
    try {
      process.start();
    } catch (const std::logic_error& error) {
      throw std::logic_error(fmt::format(
          "a pool of processes cannot be made: {}; a pool, too, has a thread "
          "from its first call on",
          error.what()));
    }
  }
};

/// How a process ended, from its exit code.
std::string ending(int exit_code) {
  if (exit_code >= 0) return fmt::format("ended with exit code {}", exit_code);
  const char* name = ::sigabbrev_np(-exit_code);
  return fmt::format("was ended by signal {} (SIG{})", -exit_code, name ? name : "?");
}

void ForkServer::ask(int number) {
  Request request{number};
  ::iovec piece{&request, sizeof request};
  if (!send_packet(socket.get(), {&piece, 1}, -1)) throw_ended();
}

std::optional<Reply> ForkServer::answer(FileDescriptor& worker, int flags) {
  Reply reply;
  const ssize_t size = program::receive_with_descriptor(
      socket.get(), {reinterpret_cast<char*>(&reply), sizeof reply}, worker, flags);
  if (size < 0 && errno == EAGAIN) return std::nullopt;
  if (size != sizeof reply) throw_ended();
  if (reply.error == 0 && worker.get() < 0) reply.error = EMFILE;
  return reply;
}

void ForkServer::throw_ended() {
  process.join();  // it closed its socket when it ended: this is no wait
  throw broken_pool(
      fmt::format("the fork server of the pool, which starts its workers, {}",
                  ending(*process.exit_code())));
}

/// No signal is for the threads that are started while it exists.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    ::sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  ::sigset_t before_;
};

}  // namespace
}  // namespace process_pool_details

using namespace process_pool_details;

// ---- The pool -----------------------------------------------------------------------

struct ProcessPool::Implementation {
  /// Lets the loop wait for a descriptor that somebody else owns.
  class Readable {
   public:
    Readable(asio::io_context& context, int descriptor)
        : descriptor_(context, descriptor) {}
    Readable(const Readable&) = delete;
    Readable& operator=(const Readable&) = delete;
    // Not just closed: where a process has a copy, it would go on being watched.
    ~Readable() { descriptor_.release(); }

    /// Waits until there may be something to read, or the end.
    /// @return Whether it was not cancelled.
    asio::awaitable<bool> wait() {
      boost::system::error_code error;
      co_await descriptor_.async_wait(asio::posix::descriptor_base::wait_read,
                                      asio::redirect_error(asio::use_awaitable, error));
      co_return !error;
    }

    void cancel() { descriptor_.cancel(); }

   private:
    asio::posix::stream_descriptor descriptor_;
  };

  /// Lets a coroutine wait until another one wakes it.
  class Bell {
   public:
    explicit Bell(asio::io_context& context)
        : timer_(context, asio::steady_timer::time_point::max()) {}  // never expires

    asio::awaitable<void> wait() {
      boost::system::error_code cancelled;
      co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    }

    /// Wakes all that wait.
    void ring() { timer_.cancel(); }

   private:
    asio::steady_timer timer_;
  };

  /// A worker as the pool sees it. Destroying it hangs up: the worker sees that, and
  /// ends.
  struct Connection {
    FileDescriptor socket;
    FileDescriptor process;
    Readable answers;
    Readable end;  // of the process
    pid_t pid;
    Outbox outbox;
    Inbox inbox = {};
    bool has_answered = false;
    bool is_to_be_replaced = false;

    Connection(asio::io_context& context, FileDescriptor its_socket,
               FileDescriptor its_process, pid_t its_pid, std::size_t max_packet_size)
        : socket(std::move(its_socket)),
          process(std::move(its_process)),
          answers(context, socket.get()),
          end(context, process.get()),
          pid(its_pid),
          outbox(max_packet_size) {}
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() { hang_up(socket.get()); }
  };

  struct Task {
    Call call;
    int retries;
    int undelivered = 0;  // how many workers were dead before it came
  };

  /// A slot for a worker: when one dies, its successor takes the same slot.
  struct Slot {
    int number;
    // None while its worker is being replaced, or if no worker can be started.
    std::shared_ptr<Connection> connection = {};
    bool is_being_replaced = false;
    Bell wake;

    Slot(int given, asio::io_context& context) : number(given), wake(context) {}
  };

  const ProcessPoolOptions options;
  const pid_t owner = ::getpid();
  ForkServer fork_server{options.max_packet_size};
  // Once the thread "pool" runs, only it touches what stands below.
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> open{
      context.get_executor()};
  Readable fork_server_answers{context, fork_server.socket.get()};
  Bell fork_server_is_free{context};
  bool fork_server_is_asked = false;
  std::vector<char> buffer =
      std::vector<char>(sizeof(Header) + options.max_packet_size);
  std::deque<Slot> slots;
  std::deque<Slot*> idle;
  std::deque<std::shared_ptr<Task>> waiting;
  std::size_t unanswered = 0;
  bool closing = false;
  std::string broken;  // why there are no workers any more
  std::once_flag started;
  std::thread thread;

  Implementation(int workers, const ProcessPoolOptions& given) : options(given) {
    for (int number = 1; number <= workers; ++number) {
      Slot& slot = slots.emplace_back(number, context);
      fork_server.ask(number);
      FileDescriptor socket;
      const Reply reply = *fork_server.answer(socket, 0);  // no loop turns yet
      connect(slot, reply, std::move(socket));
      if (!slot.connection) throw std::runtime_error(broken);
      asio::co_spawn(context, serve(slot), asio::detached);
    }
  }

  /// Starts the thread "pool", once. Not before the first call: until then, processes
  /// can be started, and other pools be made.
  void start_thread() {
    std::call_once(started, [this] {
      const SignalsBlocked signals;
      thread = std::thread([this] {
        ::pthread_setname_np(::pthread_self(), "pool");
        context.run();
      });
    });
  }

  ~Implementation() {
    asio::post(context, [this] {
      closing = true;
      open.reset();
      wake_all_if_done();
    });
    if (thread.joinable())
      thread.join();
    else
      context.run();  // there was no call
    // Now the slots hang up on their workers, and then the fork server is left.
  }

  /// Has the fork server start a worker. It is asked for one after the other; while it
  /// starts one, the loop turns, and the other workers' calls go on.
  /// @throws broken_pool if the fork server has ended.
  asio::awaitable<Reply> start_worker(int number, FileDescriptor& socket) {
    while (fork_server_is_asked) co_await fork_server_is_free.wait();
    fork_server_is_asked = true;
    std::optional<Reply> reply;
    std::exception_ptr error;
    try {
      fork_server.ask(number);
      do {
        co_await fork_server_answers.wait();
        reply = fork_server.answer(socket, MSG_DONTWAIT);
      } while (!reply);
    } catch (...) {
      error = std::current_exception();
    }
    fork_server_is_asked = false;
    fork_server_is_free.ring();
    if (error) std::rethrow_exception(error);
    co_return *reply;
  }

  /// Puts a worker that was started into its slot; if there is none, notes why.
  void connect(Slot& slot, const Reply& reply, FileDescriptor socket) {
    // The fork server waits for a worker when it is asked for the next: the id is its
    // own.
    FileDescriptor process;
    if (reply.error == 0)
      process.reset(static_cast<int>(::syscall(SYS_pidfd_open, reply.pid, 0)));
    if (process.get() < 0) {
      broken = fmt::format(
          "worker {} cannot be started: {}", slot.number,
          std::generic_category().message(reply.error ? reply.error : errno));
      return;
    }
    slot.connection =
        std::make_shared<Connection>(context, std::move(socket), std::move(process),
                                     reply.pid, options.max_packet_size);
    asio::co_spawn(context, watch(slot, slot.connection), asio::detached);
  }

  /// Takes a call in.
  void add(std::shared_ptr<Task> task) {
    ++unanswered;
    waiting.push_back(std::move(task));
    if (is_broken()) return fail_all();
    wake_one();
  }

  bool is_broken() const {
    return std::none_of(slots.begin(), slots.end(), [](const Slot& slot) {
      return slot.connection || slot.is_being_replaced;
    });
  }

  void fail_all() {
    const auto error =
        std::make_exception_ptr(broken_pool("the pool has no workers left: " + broken));
    while (!waiting.empty()) {
      const auto task = waiting.front();
      waiting.pop_front();
      finish(*task, {error});
    }
  }

  void wake_one() {
    if (idle.empty()) return;
    idle.front()->wake.ring();
    idle.pop_front();
  }

  void wake_all_if_done() {
    while (closing && unanswered == 0 && !idle.empty()) wake_one();
  }

  void finish(Task& task, const Answer& answer) {
    task.call.done(answer);
    --unanswered;
    wake_all_if_done();
  }

  /// Lets a worker's death be seen at once, even if a child of its own lives on and
  /// holds the connection open.
  asio::awaitable<void> watch(Slot& slot, std::shared_ptr<Connection> connection) {
    ::pollfd process{connection->process.get(), POLLIN, 0};
    do {  // Asio may hand it an event of a descriptor that is closed by now
      if (!co_await connection->end.wait()) co_return;
    } while (::poll(&process, 1, 0) == 0);
    hang_up(connection->socket.get());
    // One that died before it did anything is replaced when it is needed: its successor
    // might die like it.
    connection->is_to_be_replaced = connection->has_answered;
    if (connection->has_answered && slot.connection == connection &&
        std::erase(idle, &slot) > 0)
      slot.wake.ring();
  }

  /// One slot's work: takes calls, and gives each to its worker.
  asio::awaitable<void> serve(Slot& slot) {
    while (slot.connection && !(closing && unanswered == 0)) {
      if (slot.connection->is_to_be_replaced) {
        if (!waiting.empty()) wake_one();  // this one may have been woken for a call
        co_await replace(slot);
      } else if (waiting.empty()) {
        idle.push_back(&slot);
        co_await slot.wake.wait();
      } else {
        const std::shared_ptr<Task> task = waiting.front();
        waiting.pop_front();
        co_await give(slot, task);
      }
    }
    if (slot.connection) slot.connection->end.cancel();
    slot.connection = nullptr;
    if (is_broken()) fail_all();
  }

  /// Replaces the worker of a slot.
  /// @return Why a call that it had has failed.
  asio::awaitable<std::exception_ptr> replace(Slot& slot) {
    const auto former = std::exchange(slot.connection, nullptr);
    slot.is_being_replaced = true;
    // It has ended, or has closed its connection and is of no use any more.
    ::syscall(SYS_pidfd_send_signal, former->process.get(), SIGKILL, nullptr, 0);
    former->end.cancel();
    std::exception_ptr error;
    try {
      FileDescriptor socket;
      const Reply reply = co_await start_worker(slot.number, socket);
      connect(slot, reply, std::move(socket));
      error = std::make_exception_ptr(
          broken_worker(fmt::format("worker {} (pid {}) {}", slot.number, former->pid,
                                    ending(reply.exit_code)),
                        reply.exit_code));
    } catch (const broken_pool& broken_fork_server) {
      broken = broken_fork_server.what();
      error = std::current_exception();
    }
    slot.is_being_replaced = false;
    co_return error;
  }

  /// Gives a call to the worker of a slot, and waits for the answer.
  asio::awaitable<void> give(Slot& slot, std::shared_ptr<Task> task) {
    const std::shared_ptr<Connection> connection = slot.connection;
    const int socket = connection->socket.get();
    FileDescriptor memory;
    ssize_t size = 0;
    // A worker that was dead already does not receive the call, and one that dies
    // before it has taken the call resets the connection.
    bool delivered;
    try {
      delivered =
          connection->outbox.send(socket, {.kind = Kind::call, .job = task->call.job},
                                  task->call.arguments, MSG_DONTWAIT);
    } catch (...) {  // too many open files, no more memory
      finish(*task, {std::current_exception()});
      co_return;
    }
    if (delivered) {
      do {
        co_await connection->answers.wait();
        size = program::receive_with_descriptor(socket, buffer, memory, MSG_DONTWAIT);
      } while (size < 0 && errno == EAGAIN);
      delivered = size == 0 || errno != ECONNRESET;
    }
    if (size > 0) {
      connection->has_answered = true;
      answer(*task, *connection, {buffer.data(), static_cast<std::size_t>(size)},
             memory);
      co_return;
    }

    const std::exception_ptr error = co_await replace(slot);
    if ((!delivered && ++task->undelivered < 3) || task->retries-- > 0) {
      waiting.push_front(task);
    } else {
      finish(*task, {error});
    }
    if (!waiting.empty()) wake_one();
  }

  void answer(Task& task, Connection& connection, std::string_view packet,
              FileDescriptor& memory) {
    try {
      const Header header = header_of(packet);
      connection.inbox.read(header, packet, memory, [&](Input& input) {
        if (header.kind == Kind::value) return finish(task, {nullptr, &input});
        std::pair<std::string, std::string> text;
        input(text);
        throw remote_error(text.first, text.second);
      });
    } catch (...) {
      finish(task, {std::current_exception()});
    }
  }
};

ProcessPool::ProcessPool(int workers, ProcessPoolOptions options) {
  if (workers < 1)
    throw std::invalid_argument(
        fmt::format("a pool of processes has at least 1 worker, not {}", workers));
  implementation_ = std::make_unique<Implementation>(workers, options);
}

ProcessPool::~ProcessPool() {
  // In a copy of the process that made it, the object is a copy without a thread.
  if (implementation_ && implementation_->owner != ::getpid())
    static_cast<void>(implementation_.release());
}

void ProcessPool::submit_call(Call call) {
  // The copy of it that a worker has is not even finished.
  if (!implementation_ || implementation_->owner != ::getpid())
    throw std::logic_error(
        "this pool belongs to the process that made it, and cannot be used in a "
        "worker");
  Implementation& pool = *implementation_;
  pool.start_thread();
  auto task = std::make_shared<Implementation::Task>(
      Implementation::Task{std::move(call), pool.options.retries});
  asio::post(pool.context,
             [&pool, task = std::move(task)]() mutable { pool.add(std::move(task)); });
}

}  // namespace book
