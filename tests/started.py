"""Programs that the tests have started, and look at while they run."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from built import TIMEOUT

# What a client asks the servers.
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def wait_until(condition: Callable[[], bool], what: Callable[[], str]) -> None:
    """Look again and again; what it says is the error if that takes too long."""
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline, what()
        time.sleep(0.01)


def port_of(server: subprocess.Popen[str]) -> int:
    """The port that a server says it listens on."""
    assert server.stdout is not None
    line = server.stdout.readline()
    assert line.startswith("listening on port ")
    return int(line.split()[3])


def workers_of(pid: int) -> dict[str, int]:
    """The processes `worker N` among those that a process has started, by their name."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            name = (path / "comm").read_text().strip()
            if not name.startswith("worker "):
                continue
            ancestor = int(path.name)
            while ancestor > 1 and ancestor != pid:
                status = Path(f"/proc/{ancestor}/stat").read_text()
                ancestor = int(status.rpartition(")")[2].split()[1])
            if ancestor == pid:
                found[name] = int(path.name)
        except OSError:
            continue
    return found


def must_leave_no_process(process: subprocess.Popen[str]) -> None:
    """Wait until all are gone that the first process of a group, which has ended, started.

    They hold the same pipe: its end comes with the last of them. Time does not say whether
    one was forgotten: it may end by itself, and one that is to be killed needs a core for
    that. But the kernel kills the children while their parent ends. So whoever has no
    parent in the group any more, and no SIGKILL before it, has been left behind.
    """
    assert process.stdout is not None
    file = process.stdout.fileno()
    deadline = time.monotonic() + TIMEOUT
    left: set[int] = set()
    looks = 0
    while time.monotonic() < deadline:
        if select.select([file], [], [], 0.01)[0] and not os.read(file, 65536):
            return
        # The kernel takes the parent away a moment before it sends the signal.
        now = _left_behind(process.pid)
        left = left & now if looks else now
        looks = looks + 1 if left else 0
        assert looks < 4, f"left behind: {left}"
    pytest.fail(f"a process is left after {TIMEOUT} s")


def _left_behind(group: int) -> set[int]:
    """The processes of a group that nobody will end."""
    parents, dying = {}, {group}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(path.name)) != group:
                continue
            status = dict(
                line.split(":\t", 1) for line in (path / "status").read_text().splitlines()
            )
        except (OSError, ValueError):
            continue  # it has ended
        pid = int(path.name)
        parents[pid] = int(status["PPid"])
        signals = int(status["SigPnd"], 16) | int(status["ShdPnd"], 16)
        if status["State"][0] in "ZX" or signals >> (signal.SIGKILL - 1) & 1:
            dying.add(pid)
    return {pid for pid, parent in parents.items() if pid not in dying and parent not in parents}
