"""How programs end when they cannot go on: what they say, and that nothing is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from built import ROOT, TIMEOUT, Built, Program, the_book
from started import must_leave_no_process, wait_until

# But for those that have tests of their own of how they end: etl, which by itself works on
# 2 GB (test_etl.py), and the servers and their load (test_servers.py, test_loops.py).
PROGRAMS = [
    p
    for p in the_book().programs
    if p.key != "examples_2025_03_03_17_26/etl"
    and not p.key.startswith(("examples_2026_11_22_10_00/6_", "examples_2026_11_22_10_00/7_"))
]
DOWNLOADS = [program for program in PROGRAMS if "_download_" in program.key]
PICTURES = [program for program in PROGRAMS if "_pictures_" in program.key]
# Those that leave something in a directory, which is a temporary one if none is given.
SAVE = [*DOWNLOADS, *PICTURES]
# Those that do not sleep, or hardly.
END_SOON = [
    program
    for program in PROGRAMS
    if program.key
    in (
        "examples_2017_09_09_12_16/example_1",
        "examples_2017_09_09_12_16/example_4",
        "examples_2017_09_09_12_16/isolation",
        "examples_2017_09_09_12_16/message_passing/file",
        "examples_2017_09_09_12_16/message_passing/joinable_queue_cost",
        "examples_2017_09_09_12_16/message_passing/pipe",
        "examples_2017_09_09_12_16/message_passing/shared_memory",
        "examples_2025_03_03_17_26/gil/guarded",
        "examples_2025_03_03_17_26/gil/what_it_protects",
        "examples_2025_03_03_17_26/pitfall_2_what_cannot_be_sent",
        "examples_2025_03_03_17_26/pitfall_3_too_much_data",
        "examples_2025_03_03_17_26/pitfall_4_repeated_work",
        "examples_2025_03_03_17_26/pitfall_7_repeated_noise",
        "examples_2017_09_09_12_15/ex_parallelization",
        "examples_2017_09_09_12_15/ex_parallelization_libraries",
        "examples_2017_09_09_12_15/lock",
        "examples_2017_09_09_12_15/lock_data_race",
        "examples_2017_09_09_12_15/lock_repaired",
        "examples_2026_11_22_10_00/2_1_taking_turns",
    )
]
# Those whose first line is printed by another process than their own.
OTHERS_PRINT = [
    program
    for program in PROGRAMS
    if program.key
    in (
        "examples_2017_09_09_12_16/example_1",
        "examples_2017_09_09_12_16/isolation",
    )
    or program.key.startswith("examples_2025_03_03_16_52/3_")
]


def ids(value: object) -> str | None:
    return value.key if isinstance(value, Program) else None


def command(built: Built, program: Program, language: str = "cpp") -> list[str]:
    if language == "py":
        return [sys.executable, "-B", str(ROOT / f"{program.key}.py")]
    return [str(built.programs / program.key)]


@pytest.mark.parametrize("program", PROGRAMS, ids=ids)
def test_an_output_that_is_full_is_an_error(built: Built, program: Program, tmp_path: Path):
    with open("/dev/full", "w") as full:
        result = subprocess.run(
            command(built, program),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env={"TMPDIR": str(tmp_path)},
            timeout=TIMEOUT,
        )
    assert result.returncode == 1
    lines = result.stderr.splitlines()
    assert lines
    for line in lines:
        # Who flushes after a write that failed learns that it did, and no longer why.
        assert "No space left on device" in line or (
            program in OTHERS_PRINT and line.endswith(": cannot write the output")
        )
    if program not in OTHERS_PRINT:
        name = program.key.rpartition("/")[2]
        assert len(lines) == 1
        assert lines[0].startswith(f"{name}: error: ")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("program", SAVE, ids=ids)
@pytest.mark.parametrize("language", ["cpp", "py"])
def test_an_output_without_a_reader_leaves_nothing(
    built: Built, program: Program, language: str, tmp_path: Path
):
    reader, writer = os.pipe()
    os.close(reader)
    with running(command(built, program, language), tmp_path, stdout=writer) as process:
        os.close(writer)
        wait_for_directory(tmp_path, process)
        assert process.wait(TIMEOUT) == 1
        assert "Broken pipe" in process.stderr.read()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("program", SAVE, ids=ids)
def test_a_temporary_directory_that_cannot_be_made_is_an_error(
    built: Built, program: Program, tmp_path: Path
):
    result = built.run(*command(built, program), env={"TMPDIR": str(tmp_path / "none")})
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    assert "error: " in result.stderr
    assert "temp" in result.stderr


@contextmanager
def running(
    words: list[str], temporary: Path, stdout: int = subprocess.PIPE
) -> Iterator[subprocess.Popen[str]]:
    """A program in a process group of its own, as a shell's job is."""
    process = subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        env={
            "TMPDIR": str(temporary),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        },
        process_group=0,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def full_pipe() -> Iterator[int]:
    """A pipe that takes no more: a program that prints into it waits, and does not end."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, bytes(65536))
    except BlockingIOError:
        os.set_blocking(writer, True)
    try:
        yield writer
    finally:
        os.close(reader)
        os.close(writer)


def wait_for_directory(temporary: Path, process: subprocess.Popen[str]) -> None:
    """Returns when the program has made its directory, and so has begun."""
    # By its name: ThreadSanitizer has a file there, too.
    while not [*temporary.glob("downloads-*"), *temporary.glob("pictures-*")]:
        assert process.poll() is None, "it ended without a directory"
        time.sleep(0.001)


@pytest.mark.parametrize("program", SAVE, ids=ids)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_program_that_is_asked_to_end_leaves_nothing(
    built: Built, program: Program, number: signal.Signals, tmp_path: Path
):
    for _ in range(10):  # the signal comes at another moment each time
        with full_pipe() as full, running(command(built, program), tmp_path, full) as process:
            wait_for_directory(tmp_path, process)
            os.killpg(process.pid, number)
            assert process.wait(TIMEOUT) == 128 + number
            assert process.stderr.read() == ""
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("program", SAVE, ids=ids)
def test_a_program_that_is_asked_to_end_while_it_saves_leaves_nothing(
    built: Built, program: Program, tmp_path: Path
):
    # While it saves, and while it compares what it saved.
    for _ in range(20 if program in DOWNLOADS else 2):
        with running(command(built, program), tmp_path) as process:
            assert ".jpg" in process.stdout.readline()
            os.killpg(process.pid, signal.SIGINT)
            # One that is done by then is done; one that has just removed its directory
            # ends like any program, by the signal itself.
            assert process.wait(TIMEOUT) in (0, 130, -signal.SIGINT)
            assert process.stderr.read() == ""
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("program", SAVE, ids=ids)
def test_ctrl_c_leaves_nothing_of_a_counterpart(built: Built, program: Program, tmp_path: Path):
    with running(command(built, program, "py"), tmp_path) as process:
        assert ".jpg" in process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(TIMEOUT) in (0, 130, -signal.SIGINT)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("program", [p for p in PROGRAMS if p not in (*SAVE, *END_SOON)], ids=ids)
def test_ctrl_c_ends_a_program_that_sleeps(built: Built, program: Program, tmp_path: Path):
    for _ in range(10):
        with running(command(built, program), tmp_path) as process:
            assert "\n" in process.stdout.readline()
            os.killpg(process.pid, signal.SIGINT)
            status = process.wait(TIMEOUT)
        if status != 0:  # one that was done by then was done
            assert status == -signal.SIGINT
            return
    pytest.fail("it was done, ten times")


@pytest.mark.parametrize("program", PROGRAMS, ids=ids)
def test_a_program_that_is_killed_leaves_no_process_and_no_shared_memory(
    built: Built, program: Program, tmp_path: Path
):
    shared_memory = set(os.listdir("/dev/shm"))
    with running(command(built, program), tmp_path) as process:
        assert "\n" in process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        must_leave_no_process(process)
        # Another program may have a file there for a moment.
        wait_until(
            lambda: set(os.listdir("/dev/shm")) <= shared_memory,
            lambda: f"shared memory is left: {set(os.listdir('/dev/shm')) - shared_memory}",
        )


@pytest.mark.parametrize("program", DOWNLOADS, ids=ids)
def test_a_directory_that_is_given_is_kept(built: Built, program: Program, tmp_path: Path):
    kept, temporary = tmp_path / "kept", tmp_path / "temporary"
    temporary.mkdir()
    result = built.run(
        *command(built, program), "--directory", kept, env={"TMPDIR": str(temporary)}
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert sorted(path.name for path in kept.iterdir()) == [
        f"photo-{number:02}.jpg" for number in range(1, 11)
    ]
    assert all(path.stat().st_size == 100_000 for path in kept.iterdir())
    assert not list(temporary.iterdir())


def test_the_recorder_takes_its_program_with_it(built: Built, tmp_path: Path):
    program = DOWNLOADS[0]
    words = [built.recorder, "run", "--", *command(built, program)]
    with running(words, tmp_path) as process:
        # The recorder's own directory, and in it the program's.
        while not list(tmp_path.glob("recorder-*/downloads-*")):
            assert process.poll() is None
            time.sleep(0.001)
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(TIMEOUT) == 130
    assert not list(tmp_path.iterdir())
