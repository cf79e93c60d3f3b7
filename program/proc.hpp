/// @file
/// @defgroup proc proc.hpp
/// @brief What the kernel says of processes, threads and the machine, in `/proc`.
///
/// Numbers are read alike in every locale. What has ended, or is not told, is no error.
/// Any thread may call these functions.
#pragma once

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "program/file_descriptor.hpp"
#include "program/system_error.hpp"

namespace program::proc {
/// @addtogroup proc
/// @{

// ---- Files of numbers ---------------------------------------------------------------

/// The first 4 kB of a file: all of most files in `/proc`.
///
/// Plain system calls cost a fifth of what a file stream does.
///
/// @param path Its path.
/// @return What was read; empty, with the reason in `errno`, if it can't be.
inline std::string read_start(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return {};
  std::array<char, 4096> text;
  const ::ssize_t size = retry_if_interrupted(
      [&] { return ::read(file.get(), text.data(), text.size()); });
  return size > 0 ? std::string(text.data(), static_cast<std::size_t>(size))
                  : std::string();
}

/// All of a file, however long it is.
///
/// @param path Its path.
/// @return What could be read; empty if the file can't be opened.
inline std::string read_all(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string all;
  std::array<char, 4096> text;
  while (file) {
    const ::ssize_t size = retry_if_interrupted(
        [&] { return ::read(file.get(), text.data(), text.size()); });
    if (size <= 0) break;
    all.append(text.data(), static_cast<std::size_t>(size));
  }
  return all;
}

/// Takes the next word off a text: what stands between blanks, tabs and newlines.
///
/// @param text What is left of the text.
/// @return The word; empty at the end.
inline std::string_view next_word(std::string_view& text) {
  constexpr std::string_view blanks = " \t\n";
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(blanks));
  text.remove_prefix(word.size());
  return word;
}

/// A word as a number.
///
/// @return Nothing if it does not begin with one, as `max` and `-1` do not.
inline std::optional<std::uint64_t> number_of(std::string_view word) {
  std::uint64_t number = 0;
  if (std::from_chars(word.data(), word.data() + word.size(), number).ec != std::errc())
    return std::nullopt;
  return number;
}

/// The number that a file begins with.
///
/// @param path Its path, such as `/proc/sys/kernel/pid_max`.
/// @return Nothing if there is no such file, or if it has no number.
inline std::optional<std::uint64_t> number_in(const std::string& path) {
  const std::string text = read_start(path);
  std::string_view rest = text;
  return number_of(next_word(rest));
}

/// The number behind a name, in lines such as `MemFree:  42 kB` or `active_file 4096`.
///
/// @param text The lines.
/// @param name What the line begins with; a colon may follow.
/// @return Nothing if there is no such line.
inline std::optional<std::uint64_t> field_of(std::string_view text,
                                             std::string_view name) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    std::string_view word = next_word(line);
    if (word.ends_with(':')) word.remove_suffix(1);
    if (word == name) return number_of(next_word(line));
  }
  return std::nullopt;
}

/// The number behind a name in a file; see field_of().
///
/// @param path Its path, such as `/proc/self/status`.
/// @param name Such as `Threads`.
/// @return Nothing if there is no such file or line.
inline std::optional<std::uint64_t> field_in(const std::string& path,
                                             std::string_view name) {
  return field_of(read_all(path), name);
}

/// A number of bytes that the kernel gives in kB.
///
/// @param path Such as `/proc/meminfo`.
/// @param name Such as `MemAvailable`.
/// @return Bytes; nothing if there is no such file or line.
inline std::optional<std::uint64_t> bytes_in(const std::string& path,
                                             std::string_view name) {
  const auto kilobytes = field_in(path, name);
  if (!kilobytes) return std::nullopt;
  return *kilobytes * 1024;
}

// ---- Processes and threads ----------------------------------------------------------

/// Where `/proc` has a thread's files.
inline std::string task_directory(pid_t pid, pid_t tid) {
  return "/proc/" + std::to_string(pid) + "/task/" + std::to_string(tid);
}

/// The ids of a process's threads; none if it has ended.
inline std::vector<pid_t> threads(pid_t pid) {
  std::vector<pid_t> all;
  std::error_code error;
  std::filesystem::directory_iterator tasks("/proc/" + std::to_string(pid) + "/task",
                                            error);
  for (; !error && tasks != std::filesystem::directory_iterator();
       tasks.increment(error))
    if (const auto tid = number_of(tasks->path().filename().native()))
      all.push_back(static_cast<pid_t>(*tid));
  return all;
}

/// The ids of the processes that one thread started and that have not been waited for.
inline std::vector<pid_t> children(pid_t pid, pid_t tid) {
  const std::string text = read_all(task_directory(pid, tid) + "/children");
  std::vector<pid_t> all;
  std::string_view rest = text;
  while (const auto child = number_of(next_word(rest)))
    all.push_back(static_cast<pid_t>(*child));
  return all;
}

/// The ids of the processes that a process started and that have not been waited for.
inline std::vector<pid_t> children(pid_t pid) {
  std::vector<pid_t> all;
  for (const pid_t tid : threads(pid))
    for (const pid_t child : children(pid, tid)) all.push_back(child);
  return all;
}

/// How long a thread has been on a core, and waited for one, so far.
struct Usage {
  std::uint64_t cpu_nanoseconds = 0;       ///< On a core.
  std::uint64_t runnable_nanoseconds = 0;  ///< Waiting for a core.
};

/// How long a thread has been on a core, and waited for one, so far.
///
/// @return Nothing if it has ended, or if the kernel keeps no account of it.
inline std::optional<Usage> usage(pid_t pid, pid_t tid) {
  const std::string text = read_start(task_directory(pid, tid) + "/schedstat");
  std::string_view rest = text;
  const auto cpu = number_of(next_word(rest));
  const auto runnable = number_of(next_word(rest));
  if (!cpu || !runnable) return std::nullopt;
  return Usage{*cpu, *runnable};
}

/// A field of the file `stat` of a process or thread.
///
/// @param text The file.
/// @param number The field's, as in proc(5): at least 3, since the second is a name
///   that may hold anything.
/// @return Nothing if there is no such field.
inline std::optional<std::uint64_t> stat_field(std::string_view text, int number) {
  const auto name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return std::nullopt;
  text.remove_prefix(name_end + 1);
  std::string_view word;
  for (int field = 3; field <= number; ++field) word = next_word(text);
  return number_of(word);
}

/// When a thread was started, in the kernel's ticks since the machine's start: with its
/// id, it tells a thread from another one that has the same id later.
///
/// @return Nothing if it has ended.
inline std::optional<std::uint64_t> start_ticks(pid_t pid, pid_t tid) {
  constexpr int start_time = 22;
  return stat_field(read_start(task_directory(pid, tid) + "/stat"), start_time);
}

/// The name of a thread, as `top` shows it; empty if it has ended.
inline std::string name(pid_t pid, pid_t tid) {
  std::string text = read_start(task_directory(pid, tid) + "/comm");
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

/// The process that a thread belongs to; nothing if it has ended.
inline std::optional<pid_t> process_of(pid_t tid) {
  const auto pid = field_in("/proc/" + std::to_string(tid) + "/status", "Tgid");
  if (!pid) return std::nullopt;
  return static_cast<pid_t>(*pid);
}

/// The process that started a process, or took it over when that one ended; nothing if
/// it has ended itself.
inline std::optional<pid_t> parent_of(pid_t pid) {
  const auto parent = field_in("/proc/" + std::to_string(pid) + "/status", "PPid");
  if (!parent) return std::nullopt;
  return static_cast<pid_t>(*parent);
}

/// The most memory that a process had resident so far, in bytes; 0 if it has ended.
inline std::size_t peak_memory(pid_t pid) {
  return static_cast<std::size_t>(
      bytes_in("/proc/" + std::to_string(pid) + "/status", "VmHWM").value_or(0));
}

/// The letter that `ps` shows for the state of a thread: R if it is on a core or waits
/// for one, S if it sleeps, Z if it has ended and its parent has not taken notice.
///
/// @return `\0` if it is gone.
inline char state(pid_t pid, pid_t tid) {
  const std::string text = read_start(task_directory(pid, tid) + "/stat");
  const auto name_end = text.rfind(')');
  return name_end == std::string::npos || name_end + 2 >= text.size()
             ? '\0'
             : text[name_end + 2];
}

/// Whether a thread is on a core, or waits for one.
inline bool is_runnable(pid_t pid, pid_t tid) {
  return state(pid, tid) == 'R';
}

/// Whether a process has ended and waits for its parent to take notice.
inline bool is_zombie(pid_t pid) {
  return state(pid, pid) == 'Z';
}

// ---- The machine --------------------------------------------------------------------

/// What all cores of the machine did since its start, added up, in seconds.
struct CoreSeconds {
  double busy = 0;    ///< Running programs and the kernel.
  double idle = 0;    ///< Doing nothing, or waiting for a disk.
  double stolen = 0;  ///< Kept waiting by the machine's host, if it has one.
};

/// What all cores of the machine did since its start; zeros if it is not told.
inline CoreSeconds core_seconds() {
  const std::string text = read_start("/proc/stat");
  std::string_view rest = text;
  if (next_word(rest) != "cpu") return {};
  // user, nice, system, idle, iowait, irq, softirq, steal
  std::array<double, 8> seconds{};
  const auto ticks_per_second = static_cast<double>(::sysconf(_SC_CLK_TCK));
  for (double& some : seconds) {
    const auto ticks = number_of(next_word(rest));
    if (!ticks || ticks_per_second <= 0) return {};
    some = static_cast<double>(*ticks) / ticks_per_second;
  }
  return {seconds[0] + seconds[1] + seconds[2] + seconds[5] + seconds[6],
          seconds[3] + seconds[4], seconds[7]};
}

/// @}
}  // namespace program::proc
