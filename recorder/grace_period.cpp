#include "recorder/grace_period.hpp"

#include <algorithm>

#include "program/proc.hpp"

namespace recorder {

namespace proc = program::proc;

namespace {

/// How long the program's processes may outlive it before they count as left behind;
/// the time that they wait for a core does not count.
constexpr double grace_seconds = 1;

/// But none may outlive it for longer than this.
constexpr double max_grace_seconds = 60;

}  // namespace

bool GracePeriod::is_over(const std::vector<pid_t>& processes, double now) {
  bool over = false;
  for (const pid_t pid : processes)
    if (!proc::is_zombie(pid)) over = had_its_time(pid, now) || over;
  return over;
}

bool GracePeriod::had_its_time(pid_t process, double now) {
  double on_a_core = 0;
  double waiting = 0;
  bool runnable = false;
  for (const pid_t tid : proc::threads(process)) {
    const auto used = proc::usage(process, tid).value_or(proc::Usage{});
    on_a_core += static_cast<double>(used.cpu_nanoseconds) * 1e-9;
    waiting += static_cast<double>(used.runnable_nanoseconds) * 1e-9;
    runnable = runnable || proc::is_runnable(process, tid);
  }
  const Look& first =
      seen_.try_emplace(process, Look{now, on_a_core, waiting}).first->second;
  // How long one has waited that waits now is counted when it gets a core: until then,
  // it is its time on a core that tells.
  const double given = runnable
                           ? on_a_core - first.on_a_core
                           : now - first.time - std::max(0.0, waiting - first.waiting);
  return now - begin_ > max_grace_seconds || given > grace_seconds;
}

}  // namespace recorder
