#include "recorder/busy_share.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "program/proc.hpp"
#include "program/system_error.hpp"

namespace recorder {

double cpu_seconds(int whose) {
  rusage used{};
  program::throw_on_error(getrusage(whose, &used), "getrusage");
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

std::optional<double> BusyShare::of_others() const {
  const Look now = look();
  const double cores = static_cast<double>(std::thread::hardware_concurrency());
  const double time = (now.time - begin_.time) * cores;
  if (now.busy <= 0 || time <= 0) return std::nullopt;
  const double others = now.busy - begin_.busy - (now.own - begin_.own);
  return std::clamp(others / time, 0.0, 1.0);
}

BusyShare::Look BusyShare::look() {
  const std::chrono::duration<double> time =
      std::chrono::steady_clock::now().time_since_epoch();
  return {time.count(), program::proc::core_seconds().busy,
          cpu_seconds(RUSAGE_SELF) + cpu_seconds(RUSAGE_CHILDREN)};
}

}  // namespace recorder
