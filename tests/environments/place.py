"""A source tree with its build, and how commands are run there."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# A command of the cheap cases that takes longer hangs, however busy the machine is.
SECONDS_CHEAP = 300.0


class NotPossible(Exception):
    """This machine, or this user, cannot give a condition; its text says why."""


class Failed(Exception):
    """Something did not work in a condition; its text says what, in a line."""


@dataclass(frozen=True)
class Place:
    """Where the commands of a case run, and in what condition.

    root         the source tree
    build        its build folder, which has `venv` and `book`
    folder       the case's own folder, for logs and what else it needs; its user can write it
    prefix       what each command is put behind
    environment  variables to set; to None, to remove
    hangs_up     each command's terminal is closed while it runs, as of nohup
    elsewhere    the build folder is not the source tree's own
    """

    root: Path
    build: Path
    folder: Path
    prefix: tuple[str, ...] = ()
    environment: Mapping[str, str | None] = field(default_factory=dict)
    hangs_up: bool = False
    elsewhere: bool = False

    @property
    def programs(self) -> Path:
        return self.build / "book"

    @property
    def python(self) -> Path:
        return self.build / "venv/bin/python3"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def run(self, command: Sequence[str | Path], limit: float | None = None) -> None:
        """Runs a command to its end; what it prints goes into the log.

        Raises Failed where it ends with anything but 0, or not within `limit` seconds; then
        its process group is ended.
        """
        environment = dict(os.environ)
        for name, value in self.environment.items():
            if value is None:
                environment.pop(name, None)
            else:
                environment[name] = value
        told = briefly(command)
        with self.log.open("a") as log, closing_terminal(self.hangs_up) as terminal:
            print("$", *command, file=log, flush=True)
            process = subprocess.Popen(
                [*self.prefix, *command],
                cwd=self.root,
                env=environment,
                stdin=subprocess.DEVNULL if terminal is None else terminal.fd,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=None if terminal is None else terminal.take,  # noqa: PLW1509  # one thread
            )
            if terminal is not None:
                terminal.close()
            try:
                code = process.wait(limit)
            except subprocess.TimeoutExpired:
                raise Failed(f"{told}: no end after {limit:g} s") from None
            finally:
                # It is not waited for yet where it still runs: its number is still its own.
                if process.returncode is None:
                    os.killpg(process.pid, signal.SIGTERM)
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(10)
                if process.returncode is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
        if code:
            how = f"exit {code}" if code > 0 else signal.Signals(-code).name
            raise Failed(f"{told}: {how}: {self.last_line()}")

    def last_line(self) -> str:
        """The last line of the log that has something to say, or its beginning."""
        lines = self.log.read_text(errors="replace").splitlines()
        return next((line.strip() for line in reversed(lines) if line.strip()), "")[:200]


def briefly(command: Sequence[str | Path]) -> str:
    """A command of the book without its options, or another one whole."""
    if isinstance(command[0], str):
        return " ".join(map(str, command))
    words = [str(word) for word in command]
    options = next((at for at, word in enumerate(words) if word.startswith("--")), len(words))
    return " ".join(Path(word).name for word in words[:options])


class Terminal:
    """A terminal that a process gets for its own, and that then is closed.

    As in nohup, the process ignores the hang-up that this brings.
    """

    def __init__(self) -> None:
        self._ours, self.fd = os.openpty()

    def take(self) -> None:
        """In the new process: takes the terminal, and ignores its end, before it starts."""
        fcntl.ioctl(self.fd, termios.TIOCSCTTY, 0)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def close(self) -> None:
        for one in (self._ours, self.fd):
            if one >= 0:
                os.close(one)
        self._ours = self.fd = -1


@contextlib.contextmanager
def closing_terminal(wanted: bool) -> Iterator[Terminal | None]:
    terminal = Terminal() if wanted else None
    try:
        yield terminal
    finally:
        if terminal is not None:
            terminal.close()


# ---- Trees


def tracked(root: Path) -> list[Path] | None:
    """The files of a tree that Git knows, relative to it; None where it is no clone."""
    if not (root / ".git").exists():
        return None
    listed = subprocess.run(
        ["git", "-C", root, "-c", f"safe.directory={root}", "ls-files", "-z"],
        capture_output=True,
        check=True,
        timeout=SECONDS_CHEAP,
    )
    return [Path(os.fsdecode(name)) for name in listed.stdout.split(b"\0") if name]


def copy_of(root: Path, to: Path) -> Path:
    """A copy of a source tree as it stands, without what was built and without .git.

    Its owner can write it, even if the tree is read-only.
    """
    files = tracked(root)
    if files is None:
        left_out = {root / "build", root / ".git"}
        files = [
            Path(folder, name).relative_to(root)
            for folder, _, names in os.walk(root)
            if not left_out & {Path(folder), *Path(folder).parents}
            and Path(folder).name != "__pycache__"
            for name in names
        ]
    for file in files:
        if (root / file).is_file():
            (to / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / file, to / file)
            (to / file).chmod((root / file).stat().st_mode | 0o200)
    return to


def commit(tree: Path) -> None:
    """Makes a repository of a tree, with one commit."""
    git = ["git", "-C", str(tree), "-c", "user.name=test", "-c", "user.email=test@example.org"]
    for arguments in (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "--all"],
        ["commit", "--quiet", "--no-gpg-sign", "--message=A tree to build"],
    ):
        subprocess.run(
            [*git, *arguments], check=True, stdout=subprocess.DEVNULL, timeout=SECONDS_CHEAP
        )


# ---- Privileges


def in_a_mount_namespace(script: str, *arguments: str) -> tuple[str, ...]:
    """What runs a command where a script has mounted something, for it alone.

    The script finds its arguments as $1, $2 and so on.
    """
    own_user = () if os.geteuid() == 0 else ("--user", "--map-root-user")
    unshare = ("unshare", *own_user, "--mount", "--propagation", "private")
    prefix = (
        *unshare, "sh", "-c", f'{script} && shift {len(arguments)} && exec "$@"', "sh", *arguments
    )  # fmt: skip
    possible(prefix)
    return prefix


def possible(prefix: Sequence[str]) -> None:
    """Raises NotPossible where nothing can be run behind a prefix."""
    try:
        tried = subprocess.run(
            [*prefix, "true"], capture_output=True, text=True, stdin=subprocess.DEVNULL,
            timeout=SECONDS_CHEAP,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise NotPossible(f"{prefix[0]} does not end") from None
    except FileNotFoundError as missing:
        raise NotPossible(f"{missing.filename} is not installed") from None
    if tried.returncode:
        said = tried.stderr.strip().splitlines()
        raise NotPossible(said[-1] if said else f"{prefix[0]}: exit {tried.returncode}")


@contextlib.contextmanager
def control_group(controller: str, settings: Mapping[str, Mapping[str, str]]) -> Iterator[Path]:
    """A control group of its own, by version 1 or 2: its folder.

    `settings` has the contents of its files for each version, "1" and "2".
    """
    mounted = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    version, top = None, None
    for _, where, kind, options, *_ in mounted:
        if kind == "cgroup" and controller in options.split(","):
            version, top = "1", Path(where)
    for _, where, kind, *_ in mounted:
        if kind == "cgroup2" and version is None:
            with contextlib.suppress(OSError):
                if controller in (Path(where) / "cgroup.controllers").read_text().split():
                    version, top = "2", Path(where)
    if version is None or top is None:
        raise NotPossible(f"no control group for {controller} is mounted")
    try:
        if version == "2":
            (top / "cgroup.subtree_control").write_text(f"+{controller}")
        group = Path(tempfile.mkdtemp(prefix="book-", dir=top))
    except OSError as error:
        raise NotPossible(f"no control group can be made: {error.strerror}") from None
    try:
        try:
            for name, value in settings[version].items():
                (group / name).write_text(value)
        except OSError as error:
            raise NotPossible(f"{error.filename}: {error.strerror}") from None
        yield group
    finally:
        remove(group)


def remove(group: Path) -> None:
    """Ends what is left in a control group, and removes it."""
    deadline = time.monotonic() + SECONDS_CHEAP
    while True:
        for process in (group / "cgroup.procs").read_text().split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(process), signal.SIGKILL)
        try:
            group.rmdir()
            return
        except OSError as error:
            if error.errno != errno.EBUSY or time.monotonic() > deadline:
                raise Failed(f"{group} cannot be removed: {error.strerror}") from None
            time.sleep(0.02)  # until the kernel has taken the dead out
