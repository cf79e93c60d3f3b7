#include "measurements/other_programs.hpp"

#include <sys/resource.h>

#include <algorithm>

#include "program/proc.hpp"
#include "program/system_error.hpp"

namespace measurements {
namespace {

double as_seconds(const ::timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

}  // namespace

OtherPrograms::Times::Times() {
  const program::proc::CoreSeconds cores = program::proc::core_seconds();
  busy = cores.busy + cores.stolen;
  all = busy + cores.idle;
  for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    ::rusage usage{};
    program::throw_on_error(::getrusage(who, &usage), "getrusage");
    own += as_seconds(usage.ru_utime) + as_seconds(usage.ru_stime);
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
