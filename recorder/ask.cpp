#include "recorder/ask.hpp"

#include <fmt/format.h>

#include <cstring>
#include <system_error>
#include <utility>

#include "program/run_command.hpp"

namespace recorder {
namespace {

std::string without_last_newline(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

/// Why a command's answer can't be relied on; empty where it can.
std::string failure_of(const program::CommandResult& result, const std::string& name,
                       std::chrono::seconds timeout) {
  if (result.timed_out)
    return fmt::format("{} gave no answer within {} s", name, timeout.count());
  if (result.exit_code < 0)
    return fmt::format("{} was ended by signal {}", name, -result.exit_code);
  if (result.exit_code > 0)
    return fmt::format("{} ended with exit status {}", name, result.exit_code);
  return {};
}

}  // namespace

Answer ask(const std::vector<std::string>& command, std::chrono::seconds timeout) {
  program::CommandOptions options;
  options.timeout = timeout;
  options.environment =
      program::environment_without({"GIT_", "PYTHON", "LANGUAGE=", "LC_"});
  options.environment.push_back("LC_ALL=C");
  Answer answer;
  try {
    auto result = program::run_command(command, options);
    answer.output = without_last_newline(std::move(result.output));
    answer.error = without_last_newline(std::move(result.error));
    answer.failure = failure_of(result, command.front(), timeout);
  } catch (const std::system_error& error) {
    const auto& code = error.code();
    if (code != std::errc::no_such_file_or_directory &&
        code != std::errc::permission_denied)
      throw;
    answer.is_installed = false;
    answer.failure =
        fmt::format("{}: {}", command.front(), std::strerror(code.value()));
  }
  return answer;
}

}  // namespace recorder
