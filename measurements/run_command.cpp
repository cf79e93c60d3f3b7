#include "measurements/run_command.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <utility>

#include "measurements/figure.hpp"
#include "program/run_command.hpp"

namespace measurements {
namespace {

std::string last_line_of(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const std::size_t end = text.rfind('\n');
  return end == std::string::npos ? text : text.substr(end + 1);
}

}  // namespace

Cost run_command(const std::vector<std::string>& words,
                 const std::vector<int>& good_exits, std::chrono::seconds timeout) {
  program::CommandOptions how;
  how.timeout = timeout;
  how.environment = program::environment_without({});
  program::CommandResult result = program::run_command(words, how);
  if (result.timed_out)
    throw NotMeasured(
        fmt::format("{} had not ended after {} s", words[0], timeout.count()));
  if (result.exit_code == -SIGKILL)
    throw NotMeasured(fmt::format(
        "{} was killed, as the kernel does where memory runs out", words[0]));
  if (result.exit_code > 0 && names_a_limit(result.error))
    throw NotMeasured(last_line_of(result.error));
  std::fputs(result.error.c_str(), stderr);
  if (std::find(good_exits.begin(), good_exits.end(), result.exit_code) ==
      good_exits.end())
    throw std::runtime_error(fmt::format("{} failed", fmt::join(words, " ")));
  if (result.is_truncated)
    throw std::runtime_error(
        fmt::format("{} printed more than is kept", fmt::join(words, " ")));
  return {result.wall_seconds, result.cpu_seconds, result.peak_memory_bytes,
          std::move(result.output)};
}

}  // namespace measurements
