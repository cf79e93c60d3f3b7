"""Programs that the tests have started, and look at while they run."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

# What a client asks the servers.
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def wait_until(condition: Callable[[], bool], what: Callable[[], str], seconds: float = 20) -> None:
    """Look again and again; what it says is the error if that takes too long."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what()
        time.sleep(0.01)


def port_of(server: subprocess.Popen[str]) -> int:
    """The port that a server says it listens on."""
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
