"""The conditions in which readers build the book, one function each.

A condition takes the place where its commands would run, and gives the one where they run.
What it needs is entered into a stack, which takes it away again. It raises NotPossible where
this machine, or this user, cannot give it.

Several are entered in the order in which they stand here: what makes another tree comes
before what mounts it, and what gives up root's rights comes last.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from place import (
    SECONDS_CHEAP,
    Failed,
    NotPossible,
    Place,
    commit,
    control_group,
    in_a_mount_namespace,
    possible,
)

# Few programs of few seconds: lines and threads, processes, a queue in shared memory, and
# a server with files.
PROGRAMS = (
    "examples_2017_09_09_12_16/example_1.cpp",
    "examples_2017_09_09_12_16/isolation.cpp",
    "examples_2017_09_09_12_16/message_passing/example_1.cpp",
    "examples_2025_03_03_15_36/4_2_download_threads.cpp",
    "examples_2025_03_03_15_36/4_2_download_threads.py",
)
RECORDED = "examples_2025_03_03_15_36/4_2_download_threads"
MEASUREMENT = "joinable_queue"

Enter = Callable[[Place, ExitStack], Place]
Try = Callable[[Place], None]


@dataclass(frozen=True)
class Condition:
    """A condition: how it is entered, and what is tried in it when it must be cheap.

    own_tree  it changes the source tree, so it needs a copy even then
    offline   it has no network, so what the setup downloads is downloaded before
    """

    name: str
    says: str
    enter: Enter
    cheap: tuple[Try, ...]
    own_tree: bool
    offline: bool


CONDITIONS: list[Condition] = []


def condition(
    *cheap: Try, own_tree: bool = False, offline: bool = False
) -> Callable[[Enter], Enter]:
    def add(enter: Enter) -> Enter:
        says = (enter.__doc__ or "").strip().partition("\n")[0]
        CONDITIONS.append(Condition(enter.__name__, says, enter, cheap, own_tree, offline))
        return enter

    return add


# ---- What is tried


def sets_up(place: Place) -> None:
    """The setup finds everything in place, and needs nobody's rights for it."""
    place.run(["sh", ".ci/setup", place.build], SECONDS_CHEAP)


def configures(place: Place) -> None:
    place.run(
        ["cmake", "--preset", "book", "-B", place.folder / "build/book",
         "-D", f"BOOK_PYTHON={place.python}"],
        SECONDS_CHEAP,
    )  # fmt: skip


def how(place: Place) -> list[str | Path]:
    return ["--root", place.root, "--programs", place.programs, "--python", place.python]


def keeps_transcripts(place: Place) -> None:
    """Some programs, on a terminal and through a pipe, print what their transcripts allow."""
    for program in PROGRAMS:
        place.run(
            [recorder(place), "verify", place.root / program, *how(place), "--runs", "1"],
            SECONDS_CHEAP,
        )


def records(place: Place) -> None:
    """A program and its counterpart are recorded."""
    for ending in ("cpp", "py"):
        output = place.folder / f"recording.{ending}.json"
        place.run(
            [recorder(place), "record", place.root / f"{RECORDED}.{ending}", *how(place),
             "--runs", "1", "--output", output],
            SECONDS_CHEAP,
        )  # fmt: skip
        json.loads(output.read_text())


def facts(place: Place) -> dict[str, object]:
    output = place.folder / "machine.json"
    place.run(
        [recorder(place), "machine", "--root", place.root, "--python", place.python,
         "--output", output],
        SECONDS_CHEAP,
    )  # fmt: skip
    found: dict[str, object] = json.loads(output.read_text())
    return found


def has_facts(place: Place) -> None:
    facts(place)


def knows_one_core(place: Place) -> None:
    cores = facts(place)["cores"]
    if cores != 1:
        raise Failed(f"recorder machine counts {cores} cores, not 1")


def knows_its_memory(place: Place) -> None:
    memory = facts(place)["memory_bytes"]
    if not isinstance(memory, int) or memory > 4 << 30:
        raise Failed(f"recorder machine says {memory} bytes of memory, which is above 4 GiB")


def knows_no_commit(place: Place) -> None:
    known = facts(place)["commit"]
    if known is not None:
        raise Failed(f"recorder machine says that the tree is commit {known!r}")


def measures(place: Place) -> None:
    output = place.folder / f"{MEASUREMENT}.json"
    place.run(
        [place.programs / f"measurements/{MEASUREMENT}_benchmark", *how(place),
         "--form", "trial", "--output", output],
        SECONDS_CHEAP,
    )  # fmt: skip
    json.loads(output.read_text())


def recorder(place: Place) -> Path:
    return place.programs / "recorder/recorder"


def has_no_carriage_return(place: Place) -> None:
    for file in place.root.rglob("*"):
        if ".git" not in file.parts and file.is_file() and b"\r\n" in file.read_bytes():
            raise Failed(f"{file.relative_to(place.root)} has CRs")


# ---- The conditions


def set_variables(place: Place, **variables: str | None) -> Place:
    return replace(place, environment={**place.environment, **variables})


def put_behind(place: Place, *prefix: str) -> Place:
    return replace(place, prefix=(*place.prefix, *prefix))


@condition(keeps_transcripts, records, knows_one_core, measures)
def one_core(place: Place, stack: ExitStack) -> Place:
    """One core, by the affinity mask (taskset)."""
    core = min(os.sched_getaffinity(0))
    prefix = ("taskset", "--cpu-list", str(core))
    possible(prefix)
    return put_behind(place, *prefix)


def in_control_group(place: Place, group: Path) -> Place:
    prefix = ("sh", "-c", 'echo $$ >"$0" && exec "$@"', str(group / "cgroup.procs"))
    possible(prefix)
    return put_behind(place, *prefix)


@condition(keeps_transcripts, records, knows_one_core)
def third_of_a_core(place: Place, stack: ExitStack) -> Place:
    """A CPU quota of a third of a core (control group)."""
    quota, period = "33333", "100000"
    settings = {
        "1": {"cpu.cfs_period_us": period, "cpu.cfs_quota_us": quota},
        "2": {"cpu.max": f"{quota} {period}"},
    }
    return in_control_group(place, stack.enter_context(control_group("cpu", settings)))


@condition(keeps_transcripts, records)
def eight_busy_processes(place: Place, stack: ExitStack) -> Place:
    """Eight processes beside it that never wait."""
    for _ in range(8):
        # It ends with this script, too, should that be killed.
        busy = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "sh", "-c", "while :; do :; done"],
            stdin=subprocess.DEVNULL,
        )
        stack.callback(busy.wait)
        stack.callback(busy.kill)
    return place


@condition(keeps_transcripts, records, knows_its_memory)
def four_gigabytes(place: Place, stack: ExitStack) -> Place:
    """4 GB of memory (control group)."""
    limit = str(4 << 30)
    settings = {"1": {"memory.limit_in_bytes": limit}, "2": {"memory.max": limit}}
    return in_control_group(place, stack.enter_context(control_group("memory", settings)))


@condition(keeps_transcripts, records, measures)
def small_shared_memory(place: Place, stack: ExitStack) -> Place:
    """/dev/shm of 64 MB, as a container has."""
    return put_behind(place, *in_a_mount_namespace("mount -t tmpfs -o size=64m tmpfs /dev/shm"))


@condition(keeps_transcripts, records, measures)
def few_descriptors(place: Place, stack: ExitStack) -> Place:
    """At most 1024 open files (ulimit -n 1024)."""
    prefix = ("prlimit", "--nofile=1024:1024", "--")
    possible(prefix)
    return put_behind(place, *prefix)


def refusing(place: Place, what: str) -> Place:
    script = Path(__file__).with_name("refuse.py")
    # The user of a case may be unable to read this tree.
    shutil.copy(script, place.folder / script.name)
    prefix = ("/usr/bin/python3", "-I", str(place.folder / script.name), what, "--")
    possible(prefix)
    return put_behind(place, *prefix)


@condition(keeps_transcripts, records)
def no_notification(place: Place, stack: ExitStack) -> Place:
    """A kernel that refuses the notification of system calls (seccomp)."""
    return refusing(place, "notification")


@condition(keeps_transcripts, records)
def no_reading_of_memory(place: Place, stack: ExitStack) -> Place:
    """A kernel that lets no process read another's memory."""
    return refusing(place, "memory")


@condition(keeps_transcripts, records)
def no_ipv6(place: Place, stack: ExitStack) -> Place:
    """A kernel without IPv6."""
    return refusing(place, "ipv6")


@condition(keeps_transcripts, records, offline=True)
def no_ipv6_address(place: Place, stack: ExitStack) -> Place:
    """No address of IPv6, not even ::1, and no network but the loopback."""
    own_user = () if os.geteuid() == 0 else ("--user", "--map-root-user")
    script = (
        "ip link set lo up && "
        "{ [ ! -e /proc/sys/net/ipv6 ] || echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6; } "
        '&& exec "$@"'
    )
    prefix = ("unshare", *own_user, "--net", "sh", "-c", script, "sh")
    possible(prefix)
    return put_behind(place, *prefix)


@condition(has_no_carriage_return, sets_up, own_tree=True)
def clone_with_crlf(place: Place, stack: ExitStack) -> Place:
    """A clone of someone whose Git writes CRLF (core.autocrlf)."""
    clone = place.folder / "clone"
    subprocess.run(
        ["git", "clone", "--quiet", "--config", "core.autocrlf=true", place.root, clone],
        check=True, timeout=SECONDS_CHEAP,
    )  # fmt: skip
    build = place.build if place.elsewhere else clone / "build"
    return replace(place, root=clone, build=build)


@condition(sets_up, keeps_transcripts, records, has_facts, configures, own_tree=True)
def unusual_path(place: Place, stack: ExitStack) -> Place:
    """A path with blanks, an umlaut, an apostrophe and a dollar."""
    return moved(place, place.folder / "Käfer's $ new book")


def moved(place: Place, to: Path) -> Place:
    """The tree, and its build if it is its own, in another folder."""
    to.parent.mkdir(parents=True, exist_ok=True)
    place.root.rename(to)
    if place.elsewhere:
        # A link, so that programs run, too, by the unusual path.
        (to / "build").symlink_to(place.build)
    return replace(place, root=to, build=to / "build", elsewhere=False)


@condition(sets_up, keeps_transcripts, records, configures)
def another_python_first(place: Place, stack: ExitStack) -> Place:
    """Another Python first in PATH, one that does nothing but fail."""
    folder = place.folder / "another python"
    folder.mkdir()
    for name in ("python", "python3", f"python3.{sys.version_info[1]}", "pip", "pip3"):
        file = folder / name
        file.write_text('#!/bin/sh\necho "$0: this is another Python" >&2\nexit 3\n')
        file.chmod(0o755)
    return set_variables(place, PATH=f"{folder}:{os.environ['PATH']}")


@condition(sets_up, keeps_transcripts, records, has_facts, measures)
def german(place: Place, stack: ExitStack) -> Place:
    """A language and a decimal comma that are German."""
    # Messages follow LANGUAGE in any locale but C; numbers, a locale that must be there.
    variables = {"LANGUAGE": "de", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    if Path("/usr/share/i18n/locales/de_DE").exists() and shutil.which("localedef"):
        locales = place.folder / "locales"
        locales.mkdir()
        subprocess.run(
            ["localedef", "-i", "de_DE", "-f", "UTF-8", locales / "de_DE.UTF-8"],
            check=True, timeout=SECONDS_CHEAP,
        )  # fmt: skip
        variables |= {"LOCPATH": str(locales), "LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.UTF-8"}
    return set_variables(place, **variables)


@condition(sets_up, knows_no_commit, own_tree=True)
def no_repository(place: Place, stack: ExitStack) -> Place:
    """A source tree without .git, as of a zip."""
    shutil.rmtree(place.root / ".git")
    return place


@condition(knows_no_commit, own_tree=True)
def inside_another_repository(place: Place, stack: ExitStack) -> Place:
    """A source tree without .git that lies in another repository."""
    shutil.rmtree(place.root / ".git")
    outer = place.folder / "outer"
    place = moved(place, outer / "the book")
    (outer / "README").write_text("another repository\n")
    (outer / ".gitignore").write_text("/the book/\n")
    commit(outer)
    return place


@condition(sets_up, keeps_transcripts, records, configures, own_tree=True)
def read_only_tree(place: Place, stack: ExitStack) -> Place:
    """A read-only source tree, built elsewhere."""
    if not place.elsewhere:
        build = place.folder / "elsewhere"
        build.mkdir()
        place = replace(place, build=build, elsewhere=True)
    tree = str(place.root)
    if os.geteuid() == 0:
        mount = 'mount --bind -- "$1" "$1" && mount -o remount,bind,ro -- "$1"'
        # What the shell stands in is the tree below the mount.
        return put_behind(place, *in_a_mount_namespace(f'{mount} && cd -- "$1"', tree))
    for path in [place.root, *place.root.rglob("*")]:
        if path.is_symlink():
            continue
        mode = path.stat().st_mode
        path.chmod(mode & ~0o222)
        stack.callback(path.chmod, mode)
    return place


@condition(keeps_transcripts, records, has_facts)
def unbuffered_in_kathmandu(place: Place, stack: ExitStack) -> Place:
    """PYTHONUNBUFFERED and TZ are set."""
    return set_variables(place, PYTHONUNBUFFERED="1", TZ="Asia/Kathmandu")


@condition(sets_up, keeps_transcripts, records, has_facts)
def shadowed_packages(place: Place, stack: ExitStack) -> Place:
    """PYTHONPATH shadows the pinned packages, and pip has other ideas."""
    folder = place.folder / "shadow"
    folder.mkdir()
    for name in ("numpy", "PIL", "sphinx", "pytest", "soundfile", "docutils"):
        (folder / f"{name}.py").write_text("raise ImportError('this is a shadow')\n")
    return set_variables(
        place,
        PYTHONPATH=str(folder),
        PIP_USER="1",
        PIP_TARGET=str(place.folder / "target"),
        PIP_REQUIRE_VIRTUALENV="1",
    )


@condition(sets_up, keeps_transcripts, records)
def closed_terminal(place: Place, stack: ExitStack) -> Place:
    """Started by nohup from a terminal that is closed, with its output in a file."""
    return replace(place, hangs_up=True)


@condition(keeps_transcripts, records)
def no_standard_input(place: Place, stack: ExitStack) -> Place:
    """Standard input is closed."""
    return put_behind(place, "sh", "-c", 'exec "$@" <&-', "sh")


@condition(sets_up, keeps_transcripts, records)
def empty_tmpdir(place: Place, stack: ExitStack) -> Place:
    """TMPDIR is empty."""
    return set_variables(place, TMPDIR="")


@condition(sets_up, keeps_transcripts, records)
def missing_tmpdir(place: Place, stack: ExitStack) -> Place:
    """TMPDIR names a folder that does not exist."""
    return set_variables(place, TMPDIR=str(place.folder / "not here"))


@condition(sets_up, keeps_transcripts, records, configures)
def full_tmpdir(place: Place, stack: ExitStack) -> Place:
    """TMPDIR is full."""
    folder = place.folder / "full"
    folder.mkdir()
    script = (
        'mount -t tmpfs -o size=64k,nr_inodes=4 tmpfs "$1" && '
        '{ cat /dev/zero >"$1/zeros" 2>/dev/null || :; }'
    )
    place = put_behind(place, *in_a_mount_namespace(script, str(folder)))
    return set_variables(place, TMPDIR=str(folder))


@condition(sets_up, keeps_transcripts, records)
def read_only_tmpdir(place: Place, stack: ExitStack) -> Place:
    """TMPDIR is read-only."""
    folder = place.folder / "read-only"
    folder.mkdir()
    if os.geteuid() == 0:
        script = 'mount -t tmpfs -o ro tmpfs "$1"'
        place = put_behind(place, *in_a_mount_namespace(script, str(folder)))
    else:
        folder.chmod(0o555)
        stack.callback(folder.chmod, 0o755)
    return set_variables(place, TMPDIR=str(folder))


@condition(sets_up, keeps_transcripts, records)
def ordinary_user(place: Place, stack: ExitStack) -> Place:
    """A user without root and sudo, where everything is installed."""
    home = place.folder / "home"
    home.mkdir()
    without_sudo = ("setpriv", "--no-new-privs")
    if os.geteuid() != 0:
        possible(without_sudo)
        return put_behind(place, *without_sudo)
    nobody = 65534
    prefix = (*without_sudo, f"--reuid={nobody}", f"--regid={nobody}", "--clear-groups")
    owned = [place.folder, *place.folder.rglob("*")]
    for path in owned:
        os.chown(path, nobody, nobody, follow_symlinks=False)
    possible(prefix)
    if place.python.exists():
        tried = subprocess.run([*prefix, "test", "-x", place.python], timeout=SECONDS_CHEAP)
        if tried.returncode:
            raise NotPossible(f"another user cannot read {place.build}")
    place = put_behind(place, *prefix)
    return set_variables(place, HOME=str(home), USER="nobody", LOGNAME="nobody")
