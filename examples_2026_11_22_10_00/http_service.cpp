#include "examples_2026_11_22_10_00/http_service.hpp"

#include <fmt/core.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/verb.hpp>
#include <filesystem>
#include <system_error>
#include <thread>
#include <vector>

#include "program/command_line.hpp"
#include "program/error_line.hpp"

inline namespace book {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

// ---- Options ------------------------------------------------------------------------

namespace {

std::system_error system_error(const char* what) {
  return {errno, std::generic_category(), what};
}

// The same command without `--load N`, as the load generator's server.
[[noreturn]] void become_load(int connections, int argc, char** argv) {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  const std::string load = std::filesystem::path(self).parent_path() / "6_4_load";
  std::vector<std::string> words{
      load, "--connections", std::to_string(connections), "--requests", "5", "--",
      self};
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--load")
      ++i;
    else if (!word.starts_with("--load="))
      words.push_back(word);
  }
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(load.c_str(), arguments.data());
  throw system_error("cannot start 6_4_load");
}

}  // namespace

ServiceOptions service_options(int argc, char** argv, int* loops) {
  ServiceOptions options;
  int think = static_cast<int>(options.think.count());
  int timeout = static_cast<int>(options.timeout.count());
  int computing = 0;
  int load = 0;
  CLI::App app("Answers GET / over HTTP on 127.0.0.1, until Ctrl-C.");
  app.add_option("--port", options.port, "The port (default: any that is free)");
  app.add_option("--think-ms", think, "Milliseconds that an answer takes (default: 10)")
      ->check(CLI::Range(0, 3'600'000));
  app.add_option("--timeout-ms", timeout,
                 "Milliseconds that a client may take (default: 60000)")
      ->check(CLI::Range(1, 3'600'000));
  app.add_option("--compute-us", computing,
                 "Microseconds that an answer keeps a core busy (default: 0)")
      ->check(CLI::Range(0, 1'000'000));
  if (loops)
    app.add_option("--loops", *loops, "So many loops (default: one for each core)")
        ->check(CLI::Range(1, 1'000));
  app.add_option("--load", load, "Run under the load of so many connections, and end")
      ->check(CLI::Range(1, 1'000'000));
  parse_command_line(app, argc, argv);
  options.think = std::chrono::milliseconds(think);
  options.timeout = std::chrono::milliseconds(timeout);
  options.compute = std::chrono::microseconds(computing);
  if (load > 0) become_load(load, argc, argv);
  return options;
}

void raise_open_files_limit() {
  ::rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

void compute(std::chrono::nanoseconds duration) {
  const auto cpu_time = [] {
    ::timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  };
  if (duration <= std::chrono::nanoseconds(0)) return;
  const auto end = cpu_time() + duration;
  while (cpu_time() < end) continue;
}

// ---- The protocol -------------------------------------------------------------------

namespace {

constexpr std::uint32_t max_header_bytes = 8 * 1024;
constexpr std::uint64_t max_body_bytes = 64 * 1024;
constexpr std::size_t max_buffered_bytes = 2 * max_header_bytes;
constexpr std::size_t piece_bytes = 512;

Answer make_answer(http::status status, unsigned version, bool keep) {
  const bool is_good = status == http::status::ok;
  const std::string body = is_good ? "ready\n" : "";
  std::string bytes = fmt::format("HTTP/{}.{} {} {}\r\n", version / 10, version % 10,
                                  static_cast<unsigned>(status),
                                  std::string(http::obsolete_reason(status)));
  if (is_good) bytes += "Content-Type: text/plain\r\n";
  if (status == http::status::method_not_allowed) bytes += "Allow: GET\r\n";
  if (keep != (version == 11))  // what is not said anyway
    bytes += keep ? "Connection: keep-alive\r\n" : "Connection: close\r\n";
  bytes += fmt::format("Content-Length: {}\r\n\r\n{}", body.size(), body);
  return {std::move(bytes), is_good, keep};
}

// All answers that there are: they are made once, and sent from where they lie.
const Answer& find_answer(http::status status, unsigned version, bool keep) {
  static const auto all = [] {
    using enum http::status;
    std::vector<std::pair<http::status, std::array<Answer, 4>>> answers;
    for (const http::status one : {ok, bad_request, not_found, method_not_allowed,
                                   payload_too_large, request_header_fields_too_large})
      answers.push_back({one,
                         {make_answer(one, 10, false), make_answer(one, 10, true),
                          make_answer(one, 11, false), make_answer(one, 11, true)}});
    return answers;
  }();
  const auto found = std::find_if(all.begin(), all.end(), [status](const auto& one) {
    return one.first == status;
  });
  return found->second[(version == 11 ? 2u : 0u) + (keep ? 1u : 0u)];
}

}  // namespace

// Keeps of a request what its answer depends on. Beast's own parser keeps all fields.
class Conversation::Parser final : public http::basic_parser<true> {
 public:
  Parser() {
    header_limit(max_header_bytes);
    body_limit(max_body_bytes);
    eager(true);
  }

  http::status status() const { return status_; }
  unsigned version() const { return version_; }

 private:
  using View = beast::string_view;
  using Length = boost::optional<std::uint64_t>;

  void on_request_impl(http::verb method, View, View target, int version,
                       error_code&) override {
    version_ = version == 11 ? 11 : 10;
    if (method != http::verb::get)
      status_ = http::status::method_not_allowed;
    else if (target != "/")
      status_ = http::status::not_found;
  }
  void on_response_impl(int, View, int, error_code&) override {}
  void on_field_impl(http::field, View, View, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const Length&, error_code&) override {}
  std::size_t on_body_impl(View body, error_code&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, View, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View body, error_code&) override {
    return body.size();
  }
  void on_finish_impl(error_code&) override {}

  http::status status_ = http::status::ok;
  unsigned version_ = 11;
};

Conversation::Conversation()
    : buffer_(max_buffered_bytes), parser_(std::make_unique<Parser>()) {}

Conversation::~Conversation() = default;

asio::mutable_buffer Conversation::space() {
  return buffer_.prepare(piece_bytes);
}

void Conversation::received(std::size_t count) {
  buffer_.commit(count);
  if (is_over_) buffer_.clear();
}

const Answer* Conversation::next_answer() {
  if (is_over_) return nullptr;
  error_code error;
  while (!error && !parser_->is_done() && buffer_.size() > 0)
    buffer_.consume(parser_->put(buffer_.data(), error));
  if (error == http::error::need_more) {
    // Such as the head of a chunk that never ends.
    if (buffer_.size() > max_header_bytes) return answer_to(http::error::header_limit);
    return nullptr;
  }
  if (!error && !parser_->is_done()) return nullptr;
  return answer_to(error);
}

const Answer* Conversation::answer_to(const error_code& error) {
  const Answer* answer = nullptr;
  if (error) {
    http::status status = http::status::bad_request;
    if (error == http::error::header_limit)
      status = http::status::request_header_fields_too_large;
    if (error == http::error::body_limit) status = http::status::payload_too_large;
    answer = &find_answer(status, 11, false);
  } else {
    answer = &find_answer(parser_->status(), parser_->version(), parser_->keep_alive());
    parser_ = std::make_unique<Parser>();  // it reads one request
  }
  is_over_ = !answer->keeps_the_connection;
  if (is_over_) buffer_.clear();
  return answer;
}

// ---- Listening ----------------------------------------------------------------------

void report_refused_connection(const error_code& error) {
  static std::atomic<int> reported = 0;
  if (reported.exchange(error.value()) != error.value())
    print_error_line("cannot accept a connection: ", error.message().c_str(), "");
}

void print_port(std::uint16_t port) {
  fmt::print("listening on port {}\n", port);
  if (std::fflush(stdout) != 0) throw system_error("cannot write the output");
}

Socket::~Socket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

namespace {

::sigset_t told_signals() {
  ::sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGCHLD}) ::sigaddset(&signals, signal);
  return signals;
}

}  // namespace

Socket listen_on_loopback(std::uint16_t port) {
  Socket listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int yes = 1;
  ::setsockopt(listening.descriptor(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  ::sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  ::socklen_t size = sizeof address;
  const auto plain = reinterpret_cast<::sockaddr*>(&address);
  if (listening.descriptor() < 0 || ::bind(listening.descriptor(), plain, size) != 0 ||
      ::listen(listening.descriptor(), SOMAXCONN) != 0 ||
      ::getsockname(listening.descriptor(), plain, &size) != 0)
    throw system_error("cannot listen");
  print_port(ntohs(address.sin_port));
  return listening;
}

Listener::Listener(const ServiceOptions& options) {
  const ::sigset_t signals = told_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGCHLD, SIG_DFL);  // whoever started this may have had it ignored
  signals_ = ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals_ < 0) throw system_error("signalfd");
  listening_.emplace(listen_on_loopback(options.port));
}

Listener::~Listener() {
  leave_to_parent();
}

void Listener::leave_to_parent() {
  if (!listening_) return;
  listening_.reset();
  ::close(signals_);
  const ::sigset_t signals = told_signals();
  ::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

void Listener::wait_for_free_descriptors() {
  ::pollfd signals{signals_, POLLIN, 0};
  ::poll(&signals, 1, 10);
}

std::optional<Socket> Listener::accept(const std::function<void()>& child_ended) {
  for (;;) {
    std::array<::pollfd, 2> either{
        {{listening_->descriptor(), POLLIN, 0}, {signals_, POLLIN, 0}}};
    ::poll(either.data(), either.size(), -1);
    ::signalfd_siginfo signal{};
    while (::read(signals_, &signal, sizeof signal) == sizeof signal) {
      if (signal.ssi_signo == SIGCHLD) {
        if (child_ended) child_ended();
      } else {
        exit_code_ = 128 + static_cast<int>(signal.ssi_signo);
        return std::nullopt;
      }
    }
    if (!(either[0].revents & POLLIN)) continue;
    const int accepted =
        ::accept4(listening_->descriptor(), nullptr, nullptr, SOCK_CLOEXEC);
    if (accepted >= 0) return Socket(accepted);
    for (const int lack : {EMFILE, ENFILE, ENOBUFS, ENOMEM}) {
      if (errno != lack) continue;
      report_refused_connection({lack, boost::system::system_category()});
      wait_for_free_descriptors();
      break;
    }
  }
}

// ---- Calls that block ---------------------------------------------------------------

namespace {

void set_timeout(int socket, std::chrono::milliseconds timeout) {
  const auto time = ::timeval{timeout.count() / 1000, timeout.count() % 1000 * 1000};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
  const int yes = 1;  // an answer is sent at once, though the one before is on its way
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

bool send_all(int socket, const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ::ssize_t count =
        ::send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return false;
    sent += static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace

void serve_blocking(const Socket& connection, const ServiceOptions& options) {
  using Clock = std::chrono::steady_clock;
  const int socket = connection.descriptor();
  set_timeout(socket, options.timeout);
  Conversation conversation;
  auto end = Clock::now() + options.idle_timeout();
  while (Clock::now() < end) {  // or a byte now and then would keep it for ever
    const asio::mutable_buffer space = conversation.space();
    const ::ssize_t count = ::recv(socket, space.data(), space.size(), 0);
    if (count <= 0) return;  // the client has gone, or took too long
    conversation.received(static_cast<std::size_t>(count));
    while (const Answer* answer = conversation.next_answer()) {
      if (answer->is_good) {
        compute(options.compute);
        std::this_thread::sleep_for(options.think);
      }
      if (!send_all(socket, answer->bytes)) return;
      end = Clock::now() + options.idle_timeout();
      // What the client still sends is read until it ends, too: to close at once would
      // take back the answer.
      if (!answer->keeps_the_connection) ::shutdown(socket, SHUT_WR);
    }
  }
}

}  // namespace book
