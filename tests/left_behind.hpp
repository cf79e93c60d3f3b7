#pragma once

/// @file
/// Whether a process is left behind by those that started it.

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

/// Whether the kernel has left a process of a group alive whose parent, of the same
/// group, has ended.
///
/// Time says nothing of that: a process that is to be killed needs a core to end, and
/// one that was forgotten may end by itself. But the kernel tells the children while
/// the parent ends. So whoever has no parent in the group any more, and no SIGKILL
/// before it, has been left behind. @p first is the group's first process.
inline bool left_behind(::pid_t first) {
  struct Member {
    ::pid_t parent = 0;
    bool is_to_die = false;
  };
  const auto look = [first] {
    std::map<::pid_t, Member> members;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      const std::string number = entry.path().filename();
      if (!std::all_of(number.begin(), number.end(),
                       [](unsigned char letter) { return std::isdigit(letter) != 0; }))
        continue;
      const auto pid = static_cast<::pid_t>(std::stol(number));
      if (::getpgid(pid) != first) continue;
      Member member;
      std::ifstream status(entry.path() / "status");
      for (std::string word; status >> word;) {
        if (word == "State:" && status >> word && (word == "Z" || word == "X"))
          member.is_to_die = true;
        if (word == "PPid:") status >> member.parent;
        if (word == "ShdPnd:" || word == "SigPnd:") {
          std::uint64_t signals = 0;
          status >> std::hex >> signals >> std::dec;
          if (signals >> (SIGKILL - 1) & 1) member.is_to_die = true;
        }
      }
      if (member.parent != 0) members[pid] = member;  // else it has ended by now
    }
    return members;
  };
  const auto orphans = [&] {
    const auto members = look();
    std::map<::pid_t, Member> found;
    for (const auto& [pid, member] : members)
      if (pid != first && !member.is_to_die && !members.contains(member.parent))
        found[pid] = member;
    return found;
  };
  // The kernel takes the parent away a moment before it sends the signal.
  auto found = orphans();
  for (int looks = 0; looks < 3 && !found.empty(); ++looks) {
    ::usleep(10'000);
    const auto again = orphans();
    std::erase_if(found, [&](const auto& one) { return !again.contains(one.first); });
  }
  return !found.empty();
}
