"""How many cores this process may use, which can be fewer than the machine has."""

import math
import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath


def cpu_quota(root: Path = Path("/")) -> float | None:
    """How many cores' worth of CPU time the control groups of this process allow.

    ``None`` if they do not limit it. Tests have another ``root``, where ``/proc/self`` and
    the mount points are found.
    """
    quotas = [
        quota for directory in _control_groups(root) if (quota := _quota_of(directory)) is not None
    ]
    return min(quotas, default=None)


def available_cores(root: Path = Path("/")) -> int:
    """How many cores this process may keep busy at once: by its affinity mask and its quota."""
    cores = len(os.sched_getaffinity(0))
    quota = cpu_quota(root)
    return max(1, cores if quota is None else min(cores, math.ceil(quota)))


def _control_groups(root: Path) -> Iterator[Path]:
    """The directories of this process's groups that may limit its CPU time, and of those above."""
    groups = []
    for line in _lines(root / "proc/self/cgroup"):
        _, controllers, group = line.split(":", 2)
        if not controllers:
            groups.append(("cgroup2", group))
        if "cpu" in controllers.split(","):
            groups.append(("cgroup", group))
    for line in _lines(root / "proc/self/mountinfo"):
        # 32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime shared:7 - cgroup cgroup rw,cpu
        words = line.split()
        top, point = map(_unescaped, words[3:5])
        type_, _, options = words[words.index("-") + 1 :][:3]
        for group_type, group in groups:
            if type_ != group_type or (type_ == "cgroup" and "cpu" not in options.split(",")):
                continue
            # What is mounted can be a part of the hierarchy, from one group on.
            if PurePosixPath(group).is_relative_to(top) and ".." not in group.split("/"):
                directory = root / point.lstrip("/")
                yield directory
                for part in PurePosixPath(group).relative_to(top).parts:
                    directory /= part
                    yield directory


def _quota_of(directory: Path) -> float | None:
    words = _lines(directory / "cpu.max") or [
        *_lines(directory / "cpu.cfs_quota_us"),
        *_lines(directory / "cpu.cfs_period_us"),
    ]
    try:
        quota, period = map(int, " ".join(words).split())
    except ValueError:  # "max 100000", or no such file
        return None
    return quota / period if quota > 0 and period > 0 else None


def _lines(path: Path) -> list[str]:
    try:
        return os.fsdecode(path.read_bytes()).splitlines()
    except OSError:
        return []


def _unescaped(path: str) -> str:
    r"""The kernel writes a blank as ``\040``, and so on."""
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), path)
