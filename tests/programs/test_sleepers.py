"""Sleeping tasks: what is printed of a limit, and that nothing is left when one is met."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from built import ROOT, Built

FOLDER = "examples_2026_11_22_10_00"
KERNEL = {"5_1_sleeping_processes": "processes", "5_2_sleeping_threads": "threads"}
COROUTINES = ["5_3_sleeping_coroutines", "5_4_own_coroutine", "5_5_queue_per_duration"]
SOON = ["--seconds", "0.1", "--spread", "0.1"]


def instrumented(built: Built) -> bool:
    """Whether sanitizers need all of the address space."""
    cache = (built.programs / "CMakeCache.txt").read_text()
    return re.search(r"^BOOK_SANITIZER:STRING=.+$", cache, re.MULTILINE) is not None


@pytest.mark.parametrize("name", KERNEL)
def test_the_kernel_refuses_one_more_than_the_limit(built: Built, name: str):
    # All are asleep at once if they sleep for longer than it takes to make them.
    for seconds in (0.1, 1, 10, 100):
        words = ["--tasks", 30, "--max-tasks", 5, "--seconds", seconds, "--spread", 0.1]
        result = built.run(built.programs / FOLDER / name, *words)
        assert (result.returncode, result.stderr) == (1, "")
        refused, created, woken, _, _ = result.stdout.splitlines()
        if created.endswith(f", {created.split()[0]} of them asleep at once"):
            break
    # Somebody else's processes may come and go, if this one's user is not root.
    made = re.fullmatch(
        rf"no more than (\d+) {KERNEL[name]}: (?:cannot start a process: )?"
        "Resource temporarily unavailable",
        refused,
    )
    assert made
    assert 0 < int(made[1]) < 30
    assert created.startswith(f"{made[1]} {KERNEL[name]} created after ")
    assert created.endswith(f", {made[1]} of them asleep at once")
    assert woken.startswith(f"{made[1]} woken after ")


@pytest.mark.parametrize("more", [[], ["--type-erased"]])
@pytest.mark.parametrize("name", COROUTINES)
def test_where_memory_ends_those_that_were_made_wake(built: Built, name: str, more: list[str]):
    if instrumented(built):
        pytest.skip("sanitizers need all of the address space")
    if more and name != COROUTINES[0]:
        pytest.skip("it has one executor")
    # The limit is met at another place each time.
    for megabytes in (1, 2, 3, 5, 8, 13):
        words = ["--tasks", 1_000_000, "--megabytes", megabytes, *SOON, *more]
        result = built.run(built.programs / FOLDER / name, *words)
        assert (result.returncode, result.stderr) == (1, "")
        refused, created, woken, _ = result.stdout.splitlines()
        made = re.fullmatch(r"no more than (\d+) coroutines: std::bad_alloc", refused)
        assert made
        assert 100 < int(made[1]) < 1_000_000
        assert created.startswith(f"{made[1]} coroutines created after ")
        assert woken.startswith(f"{made[1]} woken after ")


@pytest.mark.parametrize("name", [*KERNEL, *COROUTINES])
@pytest.mark.parametrize("language", ["cpp", "py"])
def test_all_wake_whatever_their_lengths(built: Built, name: str, language: str):
    program: list[object] = [built.programs / FOLDER / name]
    if language == "py":
        source = ROOT / FOLDER / f"{name}.py"
        if not source.exists():
            pytest.skip("it has no counterpart")
        program = [sys.executable, "-B", source]
    for durations in (1, 3, 300):
        words = ["--tasks", 100, "--durations", durations, "--seconds", 0.3, "--spread", 0.3]
        result = built.run(*program, *words)
        assert (result.returncode, result.stderr) == (0, "")
        woken = re.search(r"^100 woken after (\d+\.\d+) s", result.stdout, re.MULTILINE)
        longest = 0.3 + 0.3 * (durations - 1) / durations * (durations <= 3)
        assert woken
        assert float(woken[1]) >= longest - 0.001


@pytest.mark.parametrize("name", COROUTINES)
def test_those_that_wake_before_the_last_is_made_are_counted(built: Built, name: str):
    result = built.run(
        built.programs / FOLDER / name,
        *("--tasks", 20_000, "--seconds", 0, "--spread", 0),
    )
    assert result.returncode == 0
    assert "\n20000 woken after " in result.stdout


@pytest.mark.parametrize(
    ("name", "arguments", "names"),
    [
        ("5_1_sleeping_processes", ["--tasks", "0"], "--tasks: Value 0"),
        ("5_1_sleeping_processes", ["--max-tasks", "0"], "--max-tasks: Value 0"),
        ("5_2_sleeping_threads", ["--seconds", "-1"], "--seconds: Value -1"),
        ("5_2_sleeping_threads", ["--megabytes", "1"], "not expected"),
        ("5_3_sleeping_coroutines", ["--max-tasks", "1"], "not expected"),
        ("5_4_own_coroutine", ["--spread", "long"], "--spread: Value long"),
        ("5_5_queue_per_duration", ["--durations", "0"], "--durations: Value 0"),
        ("5_5_queue_per_duration", ["--durations", "1001"], "--durations: Value 1001"),
    ],
)
def test_a_wrong_option_is_refused(
    built: Built, name: str, arguments: list[str], names: str, tmp_path: Path
):
    result = built.run(built.programs / FOLDER / name, *arguments, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert names in result.stderr
