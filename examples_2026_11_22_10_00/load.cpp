#include "examples_2026_11_22_10_00/load.hpp"

#include <fmt/core.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cerrno>
#include <numeric>
#include <stdexcept>

#include "examples_2026_11_22_10_00/listener.hpp"
#include "program/file_descriptor.hpp"
#include "program/system_error.hpp"

inline namespace book {

namespace http = boost::beast::http;
using namespace std::chrono_literals;

namespace {

constexpr auto answer_timeout = 60s;
constexpr std::uint32_t clients_of_an_address = 20'000;

const std::string request =
    "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: load\r\n\r\n";

std::string reason(int error) {
  return std::generic_category().message(error);
}

}  // namespace

int LoadReport::error_count() const {
  return std::accumulate(errors.begin(), errors.end(), 0,
                         [](int sum, const auto& one) { return sum + one.second; });
}

double LoadReport::latency(double share) const {
  if (latency_seconds.empty()) return 0;
  const auto last = static_cast<double>(latency_seconds.size() - 1);
  return latency_seconds[static_cast<std::size_t>(share * last + 0.5)];
}

struct Load::Client {
  program::FileDescriptor socket;
  int left = 0;          // so often it still asks
  std::size_t sent = 0;  // of the request
  bool waits = false;    // for an answer
  Clock::time_point asked;
  std::string answer;  // as far as it has come, if it came in pieces
};

Load::Load(std::uint16_t port, int connections, std::function<bool()> is_to_stop)
    : port_(port),
      is_to_stop_(std::move(is_to_stop)),
      clients_(static_cast<std::size_t>(connections)) {
  raise_open_files_limit();
  ::rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  constexpr ::rlim_t others = 20;
  if (static_cast<::rlim_t>(connections) + others > limit.rlim_cur)
    throw std::runtime_error(fmt::format(
        "{} connections are more than the limit of {} open files lets one process have",
        connections, limit.rlim_cur));
  events_ =
      program::above_standard(program::FileDescriptor(::epoll_create1(EPOLL_CLOEXEC)));
  program::throw_on_error(events_.get(), "epoll_create1");
}

Load::~Load() = default;

LoadReport Load::open() {
  // Not more than a server lets wait to be accepted.
  return run(1, Clock::time_point::max(), 100);
}

LoadReport Load::ask(int requests) {
  return run(requests, Clock::time_point::max(), clients_.size());
}

LoadReport Load::ask_for(std::chrono::duration<double> duration) {
  return run(std::numeric_limits<int>::max(),
             Clock::now() + std::chrono::duration_cast<Clock::duration>(duration),
             clients_.size());
}

LoadReport Load::run(int requests, Clock::time_point end, std::size_t at_a_time) {
  const bool opens = open_ == 0;
  report_ = {};
  waiting_ = 0;
  end_ = end;
  const auto start = now_ = Clock::now();
  auto last_event = start;
  std::array<::epoll_event, 256> events;
  for (auto next = clients_.begin(); next != clients_.end() || waiting_ > 0;) {
    for (; next != clients_.end() && waiting_ < at_a_time; ++next) {
      next->left = requests;
      if (opens) connect(*next);
      if (next->socket) send(*next);
    }
    if (waiting_ == 0) continue;  // none of them could ask
    const int count = ::epoll_wait(events_.get(), events.data(), events.size(), 1000);
    now_ = Clock::now();
    if (count > 0) last_event = now_;
    if (is_to_stop_ && is_to_stop_()) break;
    if (now_ - last_event > answer_timeout) {
      for (Client& client : clients_)
        if (client.waits) fail(client, "no answer to anybody for a minute");
      break;
    }
    for (int i = 0; i < count; ++i) {
      auto& client =
          *static_cast<Client*>(events[static_cast<std::size_t>(i)].data.ptr);
      if (client.socket && client.waits && client.sent < request.size()) send(client);
      if (client.socket) receive(client);
    }
  }
  report_.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  std::sort(report_.latency_seconds.begin(), report_.latency_seconds.end());
  return std::move(report_);
}

void Load::connect(Client& client) {
  client.socket = program::above_standard(program::FileDescriptor(
      ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)));
  if (!client.socket) {
    ++report_.errors[reason(errno)];
    return;
  }
  ++open_;
  const int yes = 1;
  ::setsockopt(client.socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  ::sockaddr_in address{};
  address.sin_family = AF_INET;
  // An address has no more ports for one server than the kernel picks from, 28,232
  // usually; and 127.0.0.2 is this machine, too.
  const auto others =
      static_cast<std::uint32_t>(&client - clients_.data()) / clients_of_an_address;
  if (others > 0) {
    ::setsockopt(client.socket.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes,
                 sizeof yes);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + others);
    if (::bind(client.socket.get(), reinterpret_cast<::sockaddr*>(&address),
               sizeof address) != 0)
      return fail(client, reason(errno));
  }
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port_);
  if (::connect(client.socket.get(), reinterpret_cast<::sockaddr*>(&address),
                sizeof address) != 0 &&
      errno != EINPROGRESS)
    return fail(client, reason(errno));
  ::epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLET;
  event.data.ptr = &client;
  if (::epoll_ctl(events_.get(), EPOLL_CTL_ADD, client.socket.get(), &event) != 0)
    fail(client, reason(errno));
}

void Load::send(Client& client) {
  if (!client.waits) {
    client.waits = true;
    client.sent = 0;
    client.asked = Clock::now();
    ++waiting_;
    ++report_.requests;
  }
  const ::ssize_t count = ::send(client.socket.get(), request.data() + client.sent,
                                 request.size() - client.sent, MSG_NOSIGNAL);
  if (count >= 0)
    client.sent += static_cast<std::size_t>(count);
  else if (errno != EAGAIN)
    fail(client, reason(errno));
}

void Load::receive(Client& client) {
  static std::array<char, 65536> bytes;
  const ::ssize_t count = ::recv(client.socket.get(), bytes.data(), bytes.size(), 0);
  if (count < 0 && errno == EAGAIN) return;
  if (count < 0) return fail(client, reason(errno));
  if (count == 0) return fail(client, "closed by the server");
  const std::string_view came(bytes.data(), static_cast<std::size_t>(count));
  if (!client.waits) return fail(client, "an answer to no request");
  // To read each answer as HTTP would take longer than the server takes for it. So that
  // is done where it differs from the last one that was read.
  if (client.answer.empty() && came == good_answer_) return answered(client);

  client.answer += came;
  http::response_parser<http::string_body> parser;
  boost::system::error_code error;
  parser.eager(true);
  const std::size_t taken = parser.put(boost::asio::buffer(client.answer), error);
  if (error == http::error::need_more || (!error && !parser.is_done())) return;
  if (error) return fail(client, error.message());
  if (parser.get().result() != http::status::ok)
    return fail(client, fmt::format("status {}", parser.get().result_int()));
  if (taken < client.answer.size()) return fail(client, "more than an answer");
  if (!parser.keep_alive()) return fail(client, "an answer that is the last");
  good_answer_ = std::move(client.answer);
  client.answer.clear();
  answered(client);
}

void Load::answered(Client& client) {
  const auto now = Clock::now();
  client.waits = false;
  --waiting_;
  ++report_.answers;
  report_.latency_seconds.push_back(
      std::chrono::duration<float>(now - client.asked).count());
  if (--client.left > 0 && now < end_) send(client);
}

void Load::fail(Client& client, const std::string& why) {
  ++report_.errors[why];
  if (client.waits) --waiting_;
  client.waits = false;
  client.socket.reset();
  --open_;
}

}  // namespace book
