"""Runs that take too long: because the machine was busy, or because the program is wrong."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from built import Built

# Below 1 s is right. How often the program was run is kept beside its source.
TRANSCRIPT = """\
/*
A program of the test

    $ folder/program
    took ~0.50<1.00 s
*/
"""

# Four processes that need a core for a while each, and have one for all of them: each of
# them waits, whatever else the machine does.
WAITS = """\
import os, sys, time
from pathlib import Path

def wait_for_a_core(seconds=0.1):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    for _ in range(4):
        if os.fork() == 0:
            while time.process_time() < seconds: pass
            os._exit(0)
    for _ in range(4): os.wait()

def seconds_waited():
    return int(Path("/proc/self/schedstat").read_text().split()[1]) * 1e-9

with Path(__file__).with_suffix(".runs").open("a") as runs:
    runs.write(".")
    run = runs.tell()
"""


def run(
    built: Built,
    root: Path,
    program: str,
    command: str,
    *more: object,
    transcript: str = TRANSCRIPT,
) -> subprocess.CompletedProcess[str]:
    """Run the recorder on a Python program that begins by counting its runs."""
    folder = root / "folder"
    folder.mkdir()
    (folder / "program.cpp").write_text(transcript)
    (folder / "program.py").write_text(WAITS + program)
    return built.recorder_on(command, "folder/program.py", *more, root=root)


def runs(root: Path) -> int:
    return len((root / "folder/program.runs").read_text())


def recorded(path: Path) -> Any:
    return json.loads(path.read_text())["transcripts"][0]


# The first runs wait for a core, and are late; those after them are in time.
LATE_AT_FIRST = """
if run <= {late}:
    wait_for_a_core()
print("took", "1.20" if run <= {late} else "0.60", "s", flush=True)
"""


def test_a_late_run_that_waited_for_a_core_is_made_again(built: Built, tmp_path: Path):
    result = run(built, tmp_path, LATE_AT_FIRST.format(late=2), "verify", "--runs", 1)
    assert (result.returncode, result.stderr) == (0, "")
    assert "1 runs on a terminal, 1 through a pipe" in result.stdout
    assert "1 late because the machine was busy, and in time when run again" in result.stdout
    assert runs(tmp_path) == 4  # the first was late alone, too, at first


def test_a_run_may_be_late_alone_by_chance_too(built: Built, tmp_path: Path):
    result = run(built, tmp_path, LATE_AT_FIRST.format(late=5), "verify", "--runs", 1)
    assert (result.returncode, result.stderr) == (0, "")


def test_the_recording_counts_late_runs(built: Built, tmp_path: Path):
    output = tmp_path / "new.json"
    result = run(
        built, tmp_path, LATE_AT_FIRST.format(late=1), "record", "--runs", 1, "--output", output
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert recorded(output)["run"]["lines"][0]["text"] == "took 0.60 s"
    assert recorded(output)["runs"]["late"] == 1


@pytest.mark.parametrize("command", ["verify", "record"])
def test_a_program_that_is_always_late_is_refused(built: Built, tmp_path: Path, command: str):
    more = ["--output", tmp_path / "new.json"] if command == "record" else []
    result = run(built, tmp_path, LATE_AT_FIRST.format(late=1000), command, "--runs", 1, *more)
    assert (result.returncode, result.stdout) == (1, "")
    assert "number 1.20 is too large: the transcript allows less than 1.00" in result.stderr
    assert "Threads waited" in result.stderr
    assert "run again 5 time(s), alone, it was late, too" in result.stderr
    assert not (tmp_path / "new.json").exists()


def test_a_program_that_does_one_after_the_other_is_refused(built: Built, tmp_path: Path):
    program = """
time.sleep(0.6)
time.sleep(0.6)
print("took 1.20 s", flush=True)
"""
    result = run(built, tmp_path, program, "verify", "--runs", 2)
    assert (result.returncode, result.stdout) == (1, "")
    assert "4 of 4 runs refused" in result.stderr
    assert "number 1.20 is too large" in result.stderr


def test_a_program_whose_time_limit_was_short_on_a_busy_machine_has_more(
    built: Built, tmp_path: Path
):
    # It needs a core for longer than its time limit, and waits for it meanwhile.
    result = run(
        built,
        tmp_path,
        'wait_for_a_core(0.4)\nprint("took 0.60 s", flush=True)\n',
        "verify",
        "--runs",
        1,
        "--limit",
        1,
    )
    if result.returncode == 0:
        assert "2 late because the machine was busy" in result.stdout
    else:  # five seconds were not enough either
        assert "did not end within its time limit and was killed" in result.stderr
        assert "run again 1 time(s), alone, it was late, too" in result.stderr


def test_a_program_that_hangs_has_no_more_time(built: Built, tmp_path: Path):
    result = run(built, tmp_path, "time.sleep(100)", "verify", "--runs", 1, "--limit", 3)
    assert (result.returncode, result.stdout) == (1, "")
    assert "did not end within its time limit and was killed" in result.stderr
    assert runs(tmp_path) == 2


ORDER = """\
/*
A program of the test

    $ folder/program
    begins
    one
    two
*/
"""
# Some runs print the second line before the first.
SWAPS = """
def say(*lines):
    for line in lines: print(line, flush=True)

if run in {wrong}:
    {before}
    say("begins")
    {between}
    say("two", "one")
else:
    say("begins", "one", "two")
"""


@pytest.mark.parametrize("wrong", [(1,), (2,), (1, 2, 3)])
def test_an_order_that_rests_on_sleep_is_late_where_threads_waited_for_as_long(
    built: Built, tmp_path: Path, wrong: tuple[int, ...]
):
    program = SWAPS.format(wrong=wrong, before="", between="wait_for_a_core()")
    result = run(built, tmp_path, program, "verify", "--runs", 2, transcript=ORDER)
    assert (result.returncode, result.stderr) == (0, "")
    assert re.search(r"[12] late because the machine was busy", result.stdout)


@pytest.mark.parametrize(
    ("before", "between"),
    [
        # It was late, and by far not because it waited for a core.
        ("", "time.sleep(0.5 + 10 * seconds_waited())"),
        ("wait_for_a_core()", ""),  # it waited, but then the order broke at once
        ("", ""),
    ],
)
def test_an_order_is_wrong_where_no_waiting_explains_it(
    built: Built, tmp_path: Path, before: str, between: str
):
    program = SWAPS.format(wrong=(3,), before=before, between=between)
    result = run(built, tmp_path, program, "verify", "--runs", 2, transcript=ORDER)
    assert result.returncode == 1
    assert "1 of 4 runs refused" in result.stderr
    assert "    two\ncame before\n    one" in result.stderr


def test_an_order_that_is_always_wrong_is_refused(built: Built, tmp_path: Path):
    program = SWAPS.format(wrong=range(100), before="", between="wait_for_a_core()")
    result = run(built, tmp_path, program, "verify", "--runs", 2, transcript=ORDER)
    assert result.returncode == 1
    assert "run again 5 time(s), alone, it was late, too" in result.stderr
    assert runs(tmp_path) == 1 + 5 + 3  # the others, once each
