"""Runs commands that end with this process, however it ends, and leave nothing behind."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_LIBC = ctypes.CDLL(None, use_errno=True)

# A program that is told to end has this long for it, before it is killed.
SECONDS_TO_END = 20.0


class Interrupted(BaseException):
    """A signal, or the end of the build that has started this."""

    def __init__(self, by: int | None) -> None:
        super().__init__(by)
        self.signal = by


def _prctl(option: int, value: int) -> None:
    if _LIBC.prctl(option, value, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), "prctl")


@dataclass
class Running:
    """A command that was started and has not been waited for."""

    process: subprocess.Popen[bytes]
    output: IO[bytes]  # what it prints, in a file without a name
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def printed(self) -> str:
        self.output.seek(0)
        return self.output.read().decode(errors="replace").strip()


class Processes:
    """Starts commands and waits for them; used as a context, at whose end none is left.

    Not for several threads: it waits by taking signals that are blocked for all.

    :param directory: where there is room for what the commands print.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.running: list[Running] = []
        self.build = _Build()

    def __enter__(self) -> Processes:
        # What a command leaves running becomes a child of this process.
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)
        # A signal that whoever started this wants ignored (nohup, `&`) stays so.
        ends = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        self.ends = {one for one in ends if signal.getsignal(one) is not signal.SIG_IGN}
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self.mask = signal.pthread_sigmask(signal.SIG_BLOCK, {*self.ends, signal.SIGCHLD})
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.end_all()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, self.mask)

    def start(self, command: Iterable[str]) -> Running:
        """Start a command in a session of its own, so that Ctrl-C is ours alone to handle.

        :raises OSError: where it can't be started.
        :raises SubprocessError: where the kernel refuses what ties it to this process.
        """
        # A child that the kernel ends when we are killed, and with our signals unblocked.
        parent = os.getpid()

        def prepare() -> None:
            _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)
            signal.pthread_sigmask(signal.SIG_SETMASK, self.mask)

        output = tempfile.TemporaryFile(dir=self.directory)  # noqa: SIM115  # the Running closes it
        try:
            process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=prepare,  # noqa: PLW1509  # one thread
                env=_environment(),
            )
        except BaseException:
            output.close()
            raise
        running = Running(process, output)
        self.running.append(running)
        return running

    def wait(self, seconds: float) -> list[Running]:
        """Wait until a command has ended, for so many seconds at the most.

        :return: those that have ended; none after that time.
        :raises Interrupted: when this process is to end.
        """
        deadline = time.monotonic() + seconds
        while True:
            if ended := [one for one in self.running if one.process.poll() is not None]:
                self.running = [one for one in self.running if one not in ended]
                return ended
            self.build.require()
            left = deadline - time.monotonic()
            if left <= 0:
                return []
            # One second: nothing tells us that the build above has been killed.
            came = signal.sigtimedwait({*self.ends, signal.SIGCHLD}, min(left, 1.0))
            if came and came.si_signo in self.ends:
                raise Interrupted(came.si_signo)

    def end(self, one: Running) -> None:
        """Ask a command to end, wait for that, and kill it if it does not."""
        if one in self.running:
            self.running.remove(one)
        self._end([one])

    def end_all(self) -> None:
        ending, self.running = self.running, []
        self._end(ending)
        self.kill_left_behind()

    def _end(self, ending: list[Running]) -> None:
        for one in ending:
            _signal_session(one, signal.SIGTERM)
        deadline = time.monotonic() + SECONDS_TO_END
        for one in ending:
            with contextlib.suppress(subprocess.TimeoutExpired):
                one.process.wait(max(0.0, deadline - time.monotonic()))
        for one in ending:
            if one.process.poll() is None:
                _signal_session(one, signal.SIGKILL)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    one.process.wait(SECONDS_TO_END)
            one.output.close()

    def kill_left_behind(self) -> list[str]:
        """Kill what ended commands have left running, and say what that was."""
        names = []
        deadline = time.monotonic() + SECONDS_TO_END
        while time.monotonic() < deadline:
            known = {one.process.pid for one in self.running}
            left = [pid for pid in _children() if pid not in known]
            if not left:
                break
            for pid in left:
                with contextlib.suppress(OSError):
                    if _state(pid) != "Z":
                        names.append(Path(f"/proc/{pid}/comm").read_text().strip())
                        os.kill(pid, signal.SIGKILL)
                with contextlib.suppress(ChildProcessError):
                    if os.waitpid(pid, os.WNOHANG) == (0, 0):
                        signal.sigtimedwait({signal.SIGCHLD}, 0.1)
        return names


def _environment() -> dict[str, str]:
    """Ours, without what would have another Python's modules found, or texts translated."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "LC_")) and name not in ("LANG", "LANGUAGE")
    }
    return {**kept, "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}


def _signal_session(one: Running, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(one.process.pid, number)


def _stat(pid: int) -> list[str]:
    """The fields of a process after its name, which may hold anything: state, parent, …"""
    text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    return text.rpartition(")")[2].split()


def _state(pid: int) -> str:
    return _stat(pid)[0]


def _children() -> list[int]:
    """All children of this process, those that it has adopted among them."""
    own = str(os.getpid())
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                if _stat(int(entry))[1] == own:
                    found.append(int(entry))
    return found


class _Build:
    """The processes of the build that has started this: shells, Ninja and CMake.

    When one of them is killed, or told to end, nobody tells those below: Ninja and CMake
    then wait until what they have started ends.
    """

    def __init__(self) -> None:
        self.above = self._find()
        # Those that were seen to let signals come, as they do while they wait for us; once
        # told to end, they do not. On a busy machine they may begin to wait after us.
        self.heard: set[int] = set()
        self.deaf_since: float | None = None

    def require(self) -> None:
        """Make sure that the build goes on.

        :raises Interrupted: where it has ended or is to end.
        """
        if self._find()[: len(self.above)] != self.above:
            raise Interrupted(None)
        deaf = {pid for pid in self.above if _blocks(pid, signal.SIGTERM)}
        self.heard.update(set(self.above) - deaf)
        if not self.heard & deaf:
            self.deaf_since = None
        elif self.deaf_since is None:
            self.deaf_since = time.monotonic()
        elif time.monotonic() - self.deaf_since > 2:  # it was not busy for a moment
            raise Interrupted(signal.SIGTERM)

    @staticmethod
    def _find() -> list[int]:
        above: list[int] = []
        known = 0  # so many of them up to the last that is Ninja or CMake
        pid = os.getppid()
        with contextlib.suppress(OSError):
            while pid > 1:
                name = Path(f"/proc/{pid}/comm").read_text(errors="replace").strip()
                if name not in ("sh", "dash", "bash", "ninja", "cmake"):
                    break
                above.append(pid)
                if name in ("ninja", "cmake"):
                    known = len(above)
                pid = int(_stat(pid)[1])
        return above[:known]


def _blocks(pid: int, number: int) -> bool:
    """Whether a process blocks a signal now."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text(errors="replace").splitlines():
            if line.startswith("SigBlk:"):
                return bool(int(line.split()[1], 16) >> (number - 1) & 1)
    return False
