#include "recorder/proc.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string_view>

namespace recorder::proc {
namespace {

/// The first bytes of a small file; empty where it can't be read.
///
/// The recorder reads many of these while the program runs: plain system calls cost a
/// fifth of what a file stream does.
std::string read(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  char text[4096];
  const auto size = ::read(file, text, sizeof text);
  close(file);
  return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string();
}

/// The number behind a field's name in /proc/<pid>/status.
std::optional<int> status_field(pid_t id, std::string_view field) {
  const std::string text = read(fmt::format("/proc/{}/status", id));
  const auto at = text.find(field);
  if (at == std::string::npos) return std::nullopt;
  return std::atoi(text.c_str() + at + field.size());
}

struct core_seconds {
  double busy;
  double stolen;
};

/// What all cores did since the machine's start.
core_seconds all_cores() {
  std::istringstream text(read("/proc/stat"));
  std::string name;
  double user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0,
         steal = 0;
  text >> name >> user >> nice >> system >> idle >> iowait >> irq >> softirq >> steal;
  const double ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  if (!text || ticks <= 0) return {0, 0};
  return {(user + nice + system + irq + softirq) / ticks, steal / ticks};
}

}  // namespace

std::vector<pid_t> threads(pid_t pid) {
  std::vector<pid_t> all;
  std::error_code gone;
  for (const auto& entry :
       std::filesystem::directory_iterator(fmt::format("/proc/{}/task", pid), gone))
    all.push_back(std::atoi(entry.path().filename().c_str()));
  return all;
}

std::vector<pid_t> children(pid_t pid, pid_t tid) {
  std::istringstream text(read(fmt::format("/proc/{}/task/{}/children", pid, tid)));
  std::vector<pid_t> all;
  for (pid_t child; text >> child;) all.push_back(child);
  return all;
}

std::optional<usage> schedule(pid_t pid, pid_t tid) {
  const std::string text = read(fmt::format("/proc/{}/task/{}/schedstat", pid, tid));
  usage used{};
  const char* const end = text.data() + text.size();
  const auto cpu = std::from_chars(text.data(), end, used.cpu_nanoseconds);
  if (cpu.ec != std::errc() || cpu.ptr == end) return std::nullopt;
  if (std::from_chars(cpu.ptr + 1, end, used.runnable_nanoseconds).ec != std::errc())
    return std::nullopt;
  return used;
}

double stolen_seconds() {
  return all_cores().stolen;
}

double busy_seconds() {
  return all_cores().busy;
}

std::optional<std::uint64_t> started(pid_t pid, pid_t tid) {
  const std::string text = read(fmt::format("/proc/{}/task/{}/stat", pid, tid));
  // The fields are numbered from 1; the second is the name, which may hold anything.
  constexpr int name_field = 2;
  constexpr int start_time_field = 22;
  auto at = text.rfind(')');
  for (int field = name_field; field < start_time_field && at != text.npos; ++field)
    at = text.find(' ', at + 1);
  if (at == text.npos) return std::nullopt;
  return std::strtoull(text.c_str() + at, nullptr, 10);
}

std::string name(pid_t pid, pid_t tid) {
  std::string text = read(fmt::format("/proc/{}/task/{}/comm", pid, tid));
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

std::optional<pid_t> process_of(pid_t tid) {
  return status_field(tid, "\nTgid:");
}

std::optional<pid_t> parent_of(pid_t pid) {
  return status_field(pid, "\nPPid:");
}

std::size_t peak_memory(pid_t pid) {
  const auto kib = status_field(pid, "\nVmHWM:");
  return kib ? static_cast<std::size_t>(*kib) * 1024 : 0;
}

bool is_runnable(pid_t pid, pid_t tid) {
  const std::string text = read(fmt::format("/proc/{}/task/{}/status", pid, tid));
  return text.find("\nState:\tR") != std::string::npos;
}

bool is_zombie(pid_t pid) {
  const std::string text = read(fmt::format("/proc/{}/status", pid));
  return text.find("\nState:\tZ") != std::string::npos;
}

}  // namespace recorder::proc
