#include "measurements/other_programs.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <numeric>
#include <string>
#include <system_error>

namespace measurements {

OtherPrograms::Times::Times() {
  std::ifstream stat("/proc/stat");
  std::string cpu;
  // user, nice, system, idle, waiting, interrupts (two), taken by other machines
  std::array<double, 8> ticks{};
  stat >> cpu;
  for (double& some : ticks) stat >> some;
  all = std::accumulate(ticks.begin(), ticks.end(), 0.0);
  busy = all - ticks[3] - ticks[4];
  for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    ::rusage usage{};
    if (::getrusage(who, &usage) != 0)
      throw std::system_error(errno, std::generic_category(), "getrusage");
    for (const ::timeval& time : {usage.ru_utime, usage.ru_stime})
      own += (static_cast<double>(time.tv_sec) +
              static_cast<double>(time.tv_usec) * 1e-6) *
             static_cast<double>(::sysconf(_SC_CLK_TCK));
  }
}

double OtherPrograms::share() const {
  const Times now;
  const double all = now.all - start_.all;
  if (!(all > 0)) return -1;
  const double others = now.busy - start_.busy - (now.own - start_.own);
  return std::clamp(others / all, 0.0, 1.0);
}

}  // namespace measurements
