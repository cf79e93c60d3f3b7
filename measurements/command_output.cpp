#include "measurements/command_output.hpp"

#include <fmt/core.h>

#include <regex>
#include <stdexcept>

namespace measurements {

std::optional<std::string> find_in(const std::string& text,
                                   const std::string& pattern) {
  std::smatch match;
  if (!std::regex_search(text, match, std::regex(pattern))) return {};
  return match[1];
}

std::string text_in(const std::string& text, const std::string& pattern) {
  const std::optional<std::string> match = find_in(text, pattern);
  if (!match) throw std::runtime_error(fmt::format("no {} in: {}", pattern, text));
  return *match;
}

double number_in(const std::string& text, const std::string& pattern) {
  return std::stod(text_in(text, pattern));
}

}  // namespace measurements
