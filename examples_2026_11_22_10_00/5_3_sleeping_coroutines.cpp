/*
Sleeping coroutines

As many coroutines as are asked for sleep at the same time, on one thread: each is a
piece of memory with a timer, and an event loop knows which timer is next. The kernel
knows of none.

Ports: the row "scalability" of the talk's table :cite:p:`grinberg_async`

    $ examples_2026_11_22_10_00/5_3_sleeping_coroutines --tasks 1000
    1000 coroutines created after ~0.000<60.000 s, 1000 of them asleep at once
    1000 woken after ~1.000<60.000 s, with ~0.000000<60.000000 s of CPU time
    ~0<1000000 bytes of memory each
*/
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <cstdio>
#include <exception>
#include <new>

#include "examples_2026_11_22_10_00/sleeper_limits.hpp"
#include "examples_2026_11_22_10_00/sleeper_options.hpp"
#include "examples_2026_11_22_10_00/sleepers.hpp"

namespace asio = boost::asio;

template <class Executor>
asio::awaitable<void, Executor> sleeper(Sleepers::Duration length, std::size_t& woken) {
  using SteadyTimer = typename asio::steady_timer::rebind_executor<Executor>::other;
  SteadyTimer timer(co_await asio::this_coro::executor, length);
  co_await timer.async_wait(asio::deferred);
  ++woken;
}

template <class Executor>
int run(Sleepers& sleepers) {
  asio::io_context loop(1);  // one thread will run it
  // Without it the loop ends for good when all that were made have woken.
  auto more_come = asio::make_work_guard(loop);
  const Executor executor(loop.get_executor());
  std::size_t created = 0, failed = 0, woken = 0;
  std::exception_ptr failure;
  try {
    for (; created < sleepers.tasks(); ++created) {
      sleepers.check_machine(created);
      asio::co_spawn(executor, sleeper<Executor>(sleepers.length_of(created), woken),
                     [&](std::exception_ptr end) {
                       if (!end) return;
                       failure = end;
                       ++failed;
                     });
      // Those that are there begin: a start that is still to come takes memory, too.
      if (created % 64 == 0) loop.poll();
    }
    loop.poll();  // each begins, and waits
    if (failure) std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    sleepers.limit_met(error);
    loop.poll();
  }
  sleepers.created(created - failed, created - failed - woken);

  more_come.reset();
  loop.run();
  return sleepers.woken(woken);
}

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // by lines, into a pipe too
  const SleeperOptions options =
      sleeper_options(TaskKind::coroutines, argc, argv, 0, true);
  set_limits(options);
  Sleepers sleepers(options);
  return options.type_erased ? run<asio::any_io_executor>(sleepers)
                             : run<asio::io_context::executor_type>(sleepers);
}
