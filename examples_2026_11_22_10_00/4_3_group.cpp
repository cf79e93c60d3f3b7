/*
A group in which one failure ends the others

Three questions are asked side by side, and all three answers are needed. When one
question fails, the others are given up: nobody needs their answers. The group ends when
all three have, with the failure.

For: tasks that belong together, in the style of :cite:p:`grinberg_async`

    $ examples_2026_11_22_10_00/4_3_group
    a-c| asking the {first,second,third} server
         the first server answers
         the second server fails
         the question to the third server is given up
         the group has failed: the second server is out of order
         0 question(s) are left
         the program finished after ~0.30 second(s)
*/
#include <fmt/core.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "examples_2025_03_03_15_36/report_finished.hpp"

namespace asio = boost::asio;
using namespace std::chrono_literals;

struct OutOfOrder : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Counts itself, and says when it ends before it has an answer.
struct Question {
  std::string server;
  bool settled = false;
  static inline int alive = 0;

  explicit Question(std::string name) : server(std::move(name)) { ++alive; }
  ~Question() {
    --alive;
    if (!settled) fmt::print("the question to the {} server is given up\n", server);
  }
};

asio::awaitable<void> ask(std::string server, std::chrono::milliseconds delay) {
  fmt::print("asking the {} server\n", server);
  Question question(server);
  asio::steady_timer timer(co_await asio::this_coro::executor, delay);
  co_await timer.async_wait(asio::use_awaitable);
  question.settled = true;
  if (server == "second") {
    fmt::print("the second server fails\n");
    throw OutOfOrder("the second server is out of order");
  }
  fmt::print("the {} server answers\n", server);
}

// Runs them side by side. When one fails, the others are cancelled; when all have
// ended, its failure is passed on.
asio::awaitable<void> run_group(std::vector<asio::awaitable<void>> tasks) {
  const auto executor = co_await asio::this_coro::executor;
  const auto begin = [&](asio::awaitable<void>& task) {
    return asio::co_spawn(executor, std::move(task), asio::deferred);
  };
  std::vector<decltype(begin(tasks[0]))> operations;
  for (auto& task : tasks) operations.push_back(begin(task));

  const auto [order, failures] =
      co_await asio::experimental::make_parallel_group(std::move(operations))
          .async_wait(asio::experimental::wait_for_one_error(), asio::use_awaitable);
  for (const std::size_t ended : order)  // the first that failed comes first
    if (failures[ended]) std::rethrow_exception(failures[ended]);
}

asio::awaitable<void> ask_all() {
  std::vector<asio::awaitable<void>> questions;
  questions.push_back(ask("first", 100ms));
  questions.push_back(ask("second", 300ms));
  questions.push_back(ask("third", 1h));
  try {
    co_await run_group(std::move(questions));
  } catch (const OutOfOrder& error) {
    fmt::print("the group has failed: {}\n", error.what());
  }
  fmt::print("{} question(s) are left\n", Question::alive);
}

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const auto start = std::chrono::steady_clock::now();

  asio::io_context loop(1);
  asio::co_spawn(loop, ask_all(), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
  loop.run();

  report_finished(start);
}
