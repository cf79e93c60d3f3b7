"""The recorder where a machine lacks something, or is used in an unusual way."""

from __future__ import annotations

import errno
import json
import os
import platform
import resource
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from built import TIMEOUT, Built

DENY = [sys.executable, "-B", str(Path(__file__).with_name("deny.py"))]
denies = pytest.mark.skipif(
    platform.machine() not in ("x86_64", "aarch64"), reason="another machine's system calls"
)

# Mounts that the rest of the machine does not see, where that is allowed.
UNSHARE = ["unshare", "--map-root-user", "--mount"]
mounts = pytest.mark.skipif(
    not shutil.which("unshare")
    or subprocess.run(
        [*UNSHARE, "mount", "-t", "tmpfs", "none", "/mnt"], stderr=subprocess.DEVNULL
    ).returncode
    != 0,
    reason="nothing can be mounted here",
)

TRANSCRIPT = """\
/*
A program of the test

    $ folder/program
    a| one
    a| two
*/
"""
PROGRAM = 'print("one", flush=True)\nprint("two", flush=True)\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with one program in Python."""
    folder = tmp_path / "root" / "folder"
    folder.mkdir(parents=True)
    (folder / "program.cpp").write_text(TRANSCRIPT)
    (folder / "program.py").write_text(PROGRAM)
    return folder.parent


def record(root: Path) -> list[object]:
    """What follows the recorder's name to record that program."""
    where = ["--root", root, "--python", sys.executable, "--output", root.parent / "new.json"]
    return ["record", root / "folder/program.py", *where, "--runs", 1]


def recorded(root: Path) -> Any:
    return json.loads((root.parent / "new.json").read_text())["transcripts"][0]["run"]


def test_the_writers_are_known_here_or_it_is_said_why(built: Built, root: Path):
    result = built.run(built.recorder, *record(root))
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    run = recorded(root)
    assert run["writers_known"] == (not run["writers_note"])
    assert all((line["thread"] is not None) == run["writers_known"] for line in run["lines"])


@denies
@pytest.mark.parametrize(
    ("call", "error", "note"),
    [
        ("process_vm_readv", "EPERM", "does not let the recorder see what is written (Operation"),
        ("process_vm_readv", "ENOSYS", "does not let the recorder see what is written (Function"),
        ("seccomp", "EPERM", "does not report system calls (Operation not permitted)"),
        ("seccomp", "EINVAL", "does not report system calls (Invalid argument)"),
    ],
)
def test_a_kernel_that_refuses_to_tell_who_writes(
    built: Built, root: Path, call: str, error: str, note: str
):
    if call != "seccomp":
        built.run(built.recorder, *record(root))
        if "does not report system calls" in (here := recorded(root)["writers_note"]):
            pytest.skip(f"no memory is read where {here}")
    result = built.run(*DENY, error, call, built.recorder, *record(root))
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    run = recorded(root)
    assert not run["writers_known"]
    assert note in run["writers_note"]
    assert [line["text"] for line in run["lines"]] == ["one", "two"]
    assert [line["thread"] for line in run["lines"]] == [None, None]


@denies
def test_a_container_that_does_not_know_a_call(built: Built, root: Path):
    result = built.run(*DENY, "ENOSYS", "close_range", built.recorder, *record(root))
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1), (0, 1, 2)])
def test_standard_descriptors_may_be_closed(built: Built, root: Path, closed: tuple[int, ...]):
    closing = " ".join(f"{number}>&-" for number in closed)
    result = built.run("sh", "-c", f'exec "$@" {closing}', "sh", built.recorder, *record(root))
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert [line["text"] for line in recorded(root)["lines"]] == ["one", "two"]


@pytest.mark.parametrize("how", [[], ["--pipe"]])
def test_closed_descriptors_are_not_the_programs(built: Built, tmp_path: Path, how: list[str]):
    script = "echo one; echo two >&2"
    words = ["run", *how, "--output", tmp_path / "new.json", "--", "/bin/sh", "-c", script]
    result = built.run("sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", built.recorder, *words)
    assert result.returncode == 0
    lines = [line["text"] for line in json.loads((tmp_path / "new.json").read_text())["lines"]]
    assert lines == ["one", "two"]


@pytest.mark.parametrize("to", [">&-", ">/dev/full"])
@pytest.mark.parametrize("command", ["verify", "run"])
def test_an_answer_that_cannot_be_written_is_an_error(
    built: Built, root: Path, command: str, to: str
):
    words: list[object] = ["run", "--", "/bin/echo", "hello"]
    if command == "verify":
        where = ["--root", root, "--python", sys.executable]
        words = ["verify", root / "folder/program.py", *where, "--runs", 1]
    result = built.run("sh", "-c", f'exec "$@" {to}', "sh", built.recorder, *words)
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1


def started(built: Built, tmp_path: Path, ignored: list[signal.Signals]) -> tuple[Any, int]:
    """A recording of a program that waits; the descriptor ends the program."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    script = f"echo begins; read line <'{fifo}'; echo ends"
    command = [built.recorder, "run", "--output", tmp_path / "new.json", "--", "/bin/sh", "-c"]

    def ignore() -> None:
        for one in ignored:
            signal.signal(one, signal.SIG_IGN)

    process = subprocess.Popen([*map(str, command), script], preexec_fn=ignore)  # noqa: PLW1509
    while process.poll() is None:
        try:
            return process, os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != errno.ENXIO:  # the program does not read yet
                raise
            time.sleep(0.01)
    pytest.fail(f"the recorder ended with {process.returncode} before the program began")


@pytest.mark.parametrize("sent", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_is_ignored_remains_so(built: Built, tmp_path: Path, sent: signal.Signals):
    process, end = started(built, tmp_path, [sent])
    process.send_signal(sent)
    os.write(end, b"end\n")
    os.close(end)
    assert process.wait() == 0
    lines = json.loads((tmp_path / "new.json").read_text())["lines"]
    assert [line["text"] for line in lines] == ["begins", "ends"]


@pytest.mark.parametrize("sent", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_is_not_ignored_ends_a_recording(
    built: Built, tmp_path: Path, sent: signal.Signals
):
    process, end = started(built, tmp_path, [])
    process.send_signal(sent)
    assert process.wait() == 128 + sent
    # Nobody reads any longer: the program was ended, too.
    poll = select.poll()
    poll.register(end)
    assert poll.poll(60_000)[0][1] & select.POLLERR
    os.close(end)
    assert not (tmp_path / "new.json").exists()


def test_a_program_ignores_no_signal_that_the_recorder_ignores(built: Built, tmp_path: Path):
    script = "kill -HUP $$; echo ignored"
    command = [built.recorder, "run", "--output", tmp_path / "new.json", "--", "/bin/sh", "-c"]
    built.run("sh", "-c", 'trap "" HUP; exec "$@"', "sh", *command, script)
    run = json.loads((tmp_path / "new.json").read_text())
    assert (run["signal"], run["lines"]) == (signal.SIGHUP, [])


def test_a_parent_that_ignores_its_childrens_ends(built: Built, root: Path):
    command = [str(word) for word in (built.recorder, *record(root))]
    result = subprocess.run(
        command,
        preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN),
        timeout=TIMEOUT,
    )
    assert result.returncode == 0


@pytest.mark.parametrize("what", ["", "missing", "file", "read-only"])
def test_another_place_than_tmpdir(built: Built, root: Path, tmp_path: Path, what: str):
    place = tmp_path / "tmp"
    if what == "file":
        place.touch()
    elif what == "read-only":
        if os.geteuid() == 0:
            pytest.skip("root may write everywhere")
        place.mkdir(0o555)
    environment = os.environ | {"TMPDIR": str(place) if what else ""}
    result = built.run(built.recorder, *record(root), env=environment)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


@mounts
@pytest.mark.parametrize(
    "mount", ["mount -t tmpfs -o size=64k none", "mount -t tmpfs -o ro none"], ids=["full", "ro"]
)
def test_a_tmpdir_that_is_full_or_mounted_read_only(
    built: Built, root: Path, tmp_path: Path, mount: str
):
    place = tmp_path / "tmp"
    place.mkdir()
    # What a program writes into it is more than it holds.
    (root / "folder/program.py").write_text(
        "import os, pathlib\n"
        "pathlib.Path(os.environ['TMPDIR'], 'large').write_bytes(bytes(1_000_000))\n" + PROGRAM
    )
    script = f'{mount} "$1" && shift && exec "$@"'
    result = built.run(
        *UNSHARE, "sh", "-c", script, "sh", place, built.recorder, *record(root),
        env=os.environ | {"TMPDIR": str(place)},
    )  # fmt: skip
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


@mounts
def test_no_place_for_temporary_files_at_all(built: Built, tmp_path: Path):
    recorder = Path(built.recorder)
    mounts = [f'mount -t tmpfs -o ro none "{at}"' for at in ("/tmp", "/var/tmp")]
    copy = f'mkdir /mnt/here && cp "{recorder}" /mnt/here/ && mount -o remount,bind,ro /mnt'
    script = " && ".join(["mount -t tmpfs none /mnt", copy, *mounts, "cd /mnt", 'exec "$@"'])
    command = ["/mnt/here/recorder", "run", "--", "/bin/true"]
    environment = os.environ | {"TMPDIR": "/no/such/directory"}
    result = built.run(*UNSHARE, "sh", "-c", script, "sh", *command, env=environment)
    assert (result.returncode, result.stdout) == (1, "")
    places = "/no/such/directory, /tmp, /var/tmp, ."
    assert f"cannot make a temporary directory in any of {places}" in result.stderr


@mounts
def test_a_machine_without_pseudo_terminals(built: Built):
    script = 'mount -t tmpfs none /dev/pts && exec "$@"'
    command = [built.recorder, "run", "--", "/bin/true"]
    result = built.run(*UNSHARE, "sh", "-c", script, "sh", *command)
    assert result.returncode == 1
    assert "there is no pseudo-terminal to be had" in result.stderr
    assert result.stderr.count("\n") == 1
    # Through a pipe, none is needed.
    command.insert(2, "--pipe")
    assert built.run(*UNSHARE, "sh", "-c", script, "sh", *command).returncode == 0


def test_few_descriptors_are_enough(built: Built, root: Path):
    words = [built.recorder, *record(root)]
    words[-1] = 20
    result = subprocess.run(
        [str(word) for word in (*words, "--side-by-side", 40)],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)),
        timeout=TIMEOUT,
    )
    assert result.returncode == 0


@pytest.mark.parametrize("name", ["with blanks", "ümläut", "it's", "$(x) `y`", "-v"])
def test_any_path_will_do(built: Built, root: Path, name: str):
    moved = root.parent / name / "root"
    moved.parent.mkdir()
    root.rename(moved)
    result = built.run(built.recorder, *record(moved), env=os.environ | {"LC_ALL": "C"})
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_a_source_tree_that_can_only_be_read(built: Built, root: Path):
    (root / "folder").chmod(0o555)
    try:
        before = sorted(root.rglob("*"))
        assert built.run(built.recorder, *record(root)).returncode == 0
        assert sorted(root.rglob("*")) == before
    finally:
        (root / "folder").chmod(0o755)


def test_the_environment_does_not_reach_a_program(built: Built, tmp_path: Path):
    ours = {
        "PYTHONPATH": "/elsewhere", "PYTHONUNBUFFERED": "", "PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo",
        "PIP_USER": "1", "LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de", "LD_LIBRARY_PATH": "/elsewhere",
    }  # fmt: skip
    output = tmp_path / "new.json"
    result = built.run(
        built.recorder, "run", "--output", output, "--", "/usr/bin/env", env=os.environ | ours
    )
    assert result.returncode == 0
    told = dict(line["text"].split("=", 1) for line in json.loads(output.read_text())["lines"])
    assert not told.keys() & (ours.keys() - {"PYTHONUNBUFFERED"})
    assert told["PYTHONUNBUFFERED"] == "1"
    assert told["LANG"] == "C.UTF-8"


def test_a_counterpart_finds_modules_by_their_path_from_the_root(built: Built, root: Path):
    (root / "folder" / "shared.py").write_text('WORDS = ("one", "two")\n')
    (root / "folder" / "program.py").write_text(
        "import os\n"
        "from folder.shared import WORDS\n"
        "for word in WORDS: print(word, flush=True)\n"
        f"assert os.environ['PYTHONPATH'] == {str(root)!r}\n"
    )
    theirs = os.environ | {"PYTHONPATH": "/elsewhere"}
    result = built.run(built.recorder, *record(root), env=theirs)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    # However the root is written.
    words = [os.path.relpath(word, root.parent) if word == root else word for word in record(root)]
    result = built.run(built.recorder, *words, env=theirs, cwd=root.parent)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
