/// @file
/// @defgroup control_groups control_groups.hpp
/// @brief The control groups that limit this process, and what they allow of the cores.
///
/// Both versions are known, and systems that use both at the same time.
#pragma once

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "program/proc.hpp"

namespace program {
/// @addtogroup control_groups
/// @{

/// This process's group in one hierarchy, and those above it.
struct ControlGroups {
  /// From its own to the topmost that can be seen; whether each exists is not known.
  std::vector<std::filesystem::path> directories;
  /// Whether this process's own group is outside of what can be seen, as in some
  /// containers: then there is the topmost directory alone, which may be no group that
  /// limits it.
  bool is_outside = false;
};

/// @cond
namespace control_groups_details {

/// Whether a list such as `cpu,cpuacct` has a word.
inline bool has_word(std::string_view list, std::string_view word) {
  while (true) {
    const auto end = list.find(',');
    if (list.substr(0, end) == word) return true;
    if (end == std::string_view::npos) return false;
    list.remove_prefix(end + 1);
  }
}

/// A path as mountinfo writes it: blanks and some others stand as octal numbers.
inline std::filesystem::path unescaped(std::string_view text) {
  std::string plain;
  const auto is_octal = [&](std::size_t i) {
    return i < text.size() && text[i] >= '0' && text[i] <= '7';
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && is_octal(i + 1) && is_octal(i + 2) && is_octal(i + 3)) {
      plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                 (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

/// The next line, without its newline; nothing at the end.
inline std::optional<std::string_view> next_line(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return line;
}

/// A hierarchy with a controller, and this process's group in it.
struct Hierarchy {
  bool is_version_2;
  std::filesystem::path group;  // as in /proc/self/cgroup
};

inline std::vector<Hierarchy> hierarchies(std::string_view controller,
                                          const std::filesystem::path& root) {
  std::vector<Hierarchy> found;
  const std::string text = proc::read_all((root / "proc/self/cgroup").string());
  std::string_view rest = text;
  while (const auto line = next_line(rest)) {
    // <number>:<controllers>:<path>; version 2 has number 0 and no controllers.
    const auto first = line->find(':'), second = line->find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view names = line->substr(first + 1, second - first - 1);
    if (names.empty() || has_word(names, controller))
      found.push_back({names.empty(), line->substr(second + 1)});
  }
  return found;
}

/// The directories of a group and of those above it, below the directory of the
/// topmost.
inline ControlGroups groups_below(const std::filesystem::path& top,
                                  const std::filesystem::path& group) {
  std::vector<std::filesystem::path> directories{top};
  for (const auto& part : group)
    if (part != ".") directories.push_back(directories.back() / part);
  return {{directories.rbegin(), directories.rend()}, false};
}

/// One line of /proc/self/mountinfo.
struct Mount {
  std::filesystem::path top;    // what of the mounted file system is seen there
  std::filesystem::path point;  // where
  std::string_view type;
  std::string_view options;

  bool shows(const Hierarchy& hierarchy, std::string_view controller) const {
    return hierarchy.is_version_2 ? type == "cgroup2"
                                  : type == "cgroup" && has_word(options, controller);
  }
};

// 32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime shared:7 - cgroup cgroup rw,cpu
inline Mount mount_of(std::string_view line) {
  for (int i = 0; i < 3; ++i) proc::next_word(line);
  Mount mount;
  mount.top = unescaped(proc::next_word(line));
  mount.point = unescaped(proc::next_word(line));
  for (std::string_view word = "?"; !word.empty() && word != "-";)
    word = proc::next_word(line);
  mount.type = proc::next_word(line);
  proc::next_word(line);
  mount.options = proc::next_word(line);
  return mount;
}

}  // namespace control_groups_details
/// @endcond

/// The control groups that may limit this process.
///
/// Any thread may call it.
///
/// @param controller What they limit: `cpu`, `memory` or `pids`.
/// @param root Where `/proc/self` and the mount points are found; another one in tests.
/// @return One for each place where a hierarchy is mounted that has the controller or,
///   of version 2, may have it. Where the mounts are not told, the usual places.
[[nodiscard]] inline std::vector<ControlGroups> control_groups(
    std::string_view controller, const std::filesystem::path& root = "/") {
  using namespace control_groups_details;
  std::vector<ControlGroups> found;
  const std::vector<Hierarchy> all = hierarchies(controller, root);
  const std::string mounts = proc::read_all((root / "proc/self/mountinfo").string());
  std::string_view rest = mounts;
  while (const auto line = next_line(rest)) {
    const Mount mount = mount_of(*line);
    for (const Hierarchy& hierarchy : all) {
      if (!mount.shows(hierarchy, controller)) continue;
      const std::filesystem::path top = root / mount.point.relative_path();
      const auto below = hierarchy.group.lexically_relative(mount.top);
      if (below.empty() || *below.begin() == "..")
        found.push_back({{top}, true});
      else
        found.push_back(groups_below(top, below));
    }
  }
  if (!mounts.empty()) return found;
  for (const Hierarchy& hierarchy : all) {
    const auto usual = hierarchy.is_version_2
                           ? std::vector<std::string>{"", "unified"}
                           : std::vector<std::string>{std::string(controller)};
    for (const std::string& name : usual)
      found.push_back(
          groups_below(root / "sys/fs/cgroup" / name, hierarchy.group.relative_path()));
  }
  return found;
}

/// What one group allows of the cores.
///
/// Any thread may call it.
///
/// @param group Its directory, of either version, as in ControlGroups.
/// @return The quota in cores, greater than 0; nothing if there is none.
[[nodiscard]] inline std::optional<double> cpu_quota_of(
    const std::filesystem::path& group) {
  // "max 100000" where there is no quota
  const std::string text = proc::read_start(group / "cpu.max");
  std::string_view both = text;
  auto quota = proc::number_of(proc::next_word(both));
  auto period = proc::number_of(proc::next_word(both));
  if (text.empty()) {
    quota = proc::number_in(group / "cpu.cfs_quota_us");  // -1: none
    period = proc::number_in(group / "cpu.cfs_period_us");
  }
  if (quota.value_or(0) == 0 || period.value_or(0) == 0) return std::nullopt;
  return static_cast<double>(*quota) / static_cast<double>(*period);
}

/// @}
}  // namespace program
