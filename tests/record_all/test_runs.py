"""How recordings are made: side by side or alone, failing, hanging, and interrupted."""

from __future__ import annotations

import json
import os
import pty
import re
import runpy
import shlex
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from built import TIMEOUT
from small_book import DRIVER, FACTS, Book
from started import wait_until

# Waits until so many stand-ins run at the same time, or none comes for long.
MEETS = """
deadline = time.monotonic() + 60
while time.monotonic() < deadline:
    running = log.read_text().count("begin")
    if running >= {count}:
        break
    time.sleep(0.01)
else:
    sys.exit("nobody came")
"""
WAITS = "while True: time.sleep(0.1)\n"
# Says its process, in a file that is there once it is whole.
SAYS_PID = """
pid = pathlib.Path({0!r})
pid.with_suffix(".part").write_text(str(os.getpid()))
pid.with_suffix(".part").rename(pid)
"""


def driver() -> dict[str, Any]:
    """The driver, to be run in this process."""
    return runpy.run_path(str(DRIVER / "__main__.py"))


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


# ---- Side by side, or alone ---------------------------------------------------------


def at_the_same_time(book: Book) -> int:
    """The most that ran at the same time."""
    most = now = 0
    for how, _ in book.events():
        now += {"begin": 1, "end": -1}.get(how, 0)
        most = max(most, now)
    return most


def test_those_that_only_sleep_are_recorded_side_by_side(
    book: Book, monkeypatch: pytest.MonkeyPatch
):
    import load

    # Beside heavy work, one at a time would be right.
    monkeypatch.setattr(load.Load, "is_low", lambda self: True)
    for name in "abcde":
        book.add(name, MEETS.format(count=4), only_sleeps=True)
    assert driver()["main"](book.command()[-1:]) == 0
    assert at_the_same_time(book) == 4


def test_what_pages_show_is_made_first_and_then_completed(book: Book):
    for name in "abc":
        book.add(name, only_sleeps=True)
    assert book.recorded() == ["a", "b", "c"]
    hows = [how for how, _ in book.events()]
    assert "complete" not in hows[:6]
    assert hows[6:] == ["complete"] * 3
    for name in "abc":
        made = json.loads((book.recordings / f"{name}.json").read_text())
        assert made == {"recording": name, "complete": True}
    assert book.recorded() == []


def test_what_cannot_be_completed_is_made_again(book: Book):
    book.add("a", only_sleeps=True)
    book.add("b", only_sleeps=True)
    completes = book.root / "b.completes"
    completes.write_text("sys.exit('refused')")
    result = book.record()
    assert result.returncode == 1
    assert "--- b\nrefused\n(exit status 1)\n" in result.stderr
    assert book.files() == {"a.json"}
    completes.unlink()
    assert book.recorded() == ["b"]


# Goes on for a while after another stand-in has ended.
OUTLASTS = """
while "end {name}" not in log.read_text():
    time.sleep(0.01)
time.sleep(0.5)
"""


def test_those_that_compute_are_recorded_alone(book: Book, monkeypatch: pytest.MonkeyPatch):
    import load

    monkeypatch.setattr(load.Load, "is_low", lambda self: True)
    book.add("a", MEETS.format(count=2), only_sleeps=True)
    book.add("b", OUTLASTS.format(name="a"), only_sleeps=True)
    for name in "cde":
        book.add(name, "time.sleep(0.1)")
    assert driver()["main"](book.command()[-1:]) == 0
    assert {how for how, _ in book.events()[4:6]} == {"complete"}
    assert book.events()[6:] == [(how, name) for name in "cde" for how in ("begin", "end")]


@pytest.mark.parametrize(
    ("facts", "most"),
    [
        ({"cores": 1}, 3),
        ({"cores": 2}, 6),
        ({"cores": 64}, 8),
        ({"cores": 2, "cpu_quota": 1.5}, 4),
        ({"cores": 1, "cpu_quota": 0.33}, 1),
        ({"cores": 2, "cpu_quota": None}, 6),
        ({}, 3),
    ],
)
def test_the_cores_say_how_many_at_once(facts: dict[str, Any], most: int):
    from load import at_once

    assert at_once(facts) == most


def test_no_more_is_started_beside_heavy_work(monkeypatch: pytest.MonkeyPatch):
    import load

    now, ticks = 0.0, (0, 0)
    monkeypatch.setattr(load, "_busy_and_all", lambda: ticks)
    monkeypatch.setattr(load.time, "monotonic", lambda: now)
    seen = load.Load()
    now, ticks = 0.1, (10, 80)
    assert not seen.is_low()  # there was no time to look
    now, ticks = 0.6, (40, 100)
    assert seen.is_low()
    now, ticks = 1.2, (91, 200)
    assert not seen.is_low()  # 51 of 100


# ---- Failures -----------------------------------------------------------------------


def test_the_others_are_recorded_where_one_fails(book: Book):
    book.add("a", only_sleeps=True)
    book.add("b", "sys.exit('the transcript has no such line')", only_sleeps=True)
    book.add("c", "os.kill(os.getpid(), 9)")
    book.add("d", "output = pathlib.Path('/dev/null')")
    book.add("e")
    result = book.record()
    assert result.returncode == 1
    assert book.files() == {"a.json", "e.json"}
    assert "2 of 5 recordings made in" in result.stdout
    assert "3 recording(s) failed:\n" in result.stderr
    assert "--- b\nthe transcript has no such line\n(exit status 1)\n" in result.stderr
    assert "--- c\n(ended by signal 9)\n" in result.stderr
    assert "--- d\n(exit status 0)\n" in result.stderr
    # The next time, those that failed are tried again.
    for name in "bcd":
        book.does(name, "")
    assert book.recorded() == ["b", "c", "d"]


def test_a_program_that_cannot_be_started_is_told(book: Book):
    book.add("a", command=["{build}/none"])
    book.add("b")
    result = book.record()
    assert result.returncode == 1
    assert "none can't be started: " in result.stderr
    assert book.files() == {"b.json"}


def test_an_outdated_recording_that_fails_is_not_taken_for_current(book: Book):
    book.add("a")
    assert book.recorded() == ["a"]
    (book.build / "a").write_text("changed")
    book.does("a", "sys.exit(1)")
    assert book.record().returncode == 1
    # Back to what it was made of: what is there might be from in between.
    (book.build / "a").write_text("the program a")
    book.does("a", "")
    assert book.recorded() == ["a"]


def test_what_a_command_leaves_running_is_killed_and_named(book: Book):
    pid = book.root / "pid"
    book.add(
        "a",
        "import subprocess\n"
        "left = subprocess.Popen(['sleep', '1000'], start_new_session=True)\n"
        f"pathlib.Path({str(pid)!r}).write_text(str(left.pid))\n",
    )
    result = book.record()
    assert result.returncode == 0
    assert "a left running, and was killed: sleep" in result.stdout
    assert not is_running(int(pid.read_text()))


def test_what_hangs_is_ended(book: Book, monkeypatch: pytest.MonkeyPatch):
    book.add("b")
    assert book.record().returncode == 0  # not beside the limit, which a busy machine reaches
    book.add("a", WAITS)
    parts = driver()
    monkeypatch.setitem(parts["main"].__globals__, "TIMEOUT", 1.0)
    assert parts["main"](book.command()[-1:]) == 1
    assert book.files() == {"b.json"}


# ---- Interrupted --------------------------------------------------------------------


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
@pytest.mark.parametrize("only_sleeps", [False, True])
def test_it_goes_on_where_it_was_interrupted(
    book: Book, start: Any, by: signal.Signals, only_sleeps: bool
):
    pid = book.root / "pid"
    waits = "import os, time\noutput.write_text('half')\n" + SAYS_PID.format(str(pid)) + WAITS
    book.add("a", only_sleeps=True)
    book.add("b", "" if only_sleeps else waits, only_sleeps=only_sleeps)
    completes = book.root / "b.completes"
    completes.write_text(waits)
    driver = start()
    wait_until((book.recordings / "a.json").exists, lambda: "a is not recorded")
    wait_until(pid.exists, lambda: "b does not begin")
    os.kill(driver.pid, by)
    output, _ = driver.communicate(timeout=TIMEOUT)
    if by == signal.SIGKILL:
        assert driver.returncode == -9
    else:
        assert driver.returncode == 128 + by
        assert output.endswith("Stopped. The next build goes on from here.\n")
        assert book.files() == {"a.json"}
    wait_until(lambda: not is_running(int(pid.read_text())), lambda: "b runs on")
    book.does("b", "")
    completes.unlink()
    assert book.recorded() == ["b"]
    assert book.files() == {"a.json", "b.json"}


def test_a_command_that_does_not_end_is_killed(book: Book, monkeypatch: pytest.MonkeyPatch):
    import processes

    monkeypatch.setattr(processes, "SECONDS_TO_END", 0.5)
    with processes.Processes(book.root) as some:
        began = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True)\n"
        one = some.start([os.sys.executable, "-c", began + "while True: time.sleep(1)"])
        wait_until(lambda: one.printed() == "up", one.printed)
        pid = one.process.pid
    assert not is_running(pid)


def test_a_signal_that_is_ignored_stays_so(book: Book, start: Any):
    book.add("a", MEETS.format(count=2))
    driver = start("nohup")
    wait_until(lambda: bool(book.events()), lambda: "a does not begin")
    os.kill(driver.pid, signal.SIGHUP)
    with book.log.open("a") as log:
        log.write("begin x\n")
    driver.communicate(timeout=TIMEOUT)
    assert driver.returncode == 0
    assert book.files() == {"a.json"}


def test_it_ends_with_the_build_that_started_it(book: Book, start: Any, tmp_path: Path):
    pid = book.root / "pid"
    book.add("a", SAYS_PID.format(str(pid)) + WAITS)
    # A stand-in for Ninja, which starts a command by a shell, waits, and is killed.
    ninja = tmp_path / "ninja"
    ninja.write_text('#!/bin/sh\n"$@" &\necho $! >shell\nwait\n')
    ninja.chmod(0o755)
    build = start(str(ninja), "/bin/sh", "-c", '"$@"; exit', "sh", cwd=tmp_path)
    wait_until(pid.exists, lambda: "a does not begin")
    assert Path(f"/proc/{build.pid}/comm").read_text() == "ninja\n"
    os.kill(build.pid, signal.SIGKILL)
    wait_until(lambda: not is_running(int(pid.read_text())), lambda: "a runs on")
    assert book.files() <= {".unfinished"}


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_ninja_is_told_to_end(
    book: Book, tmp_path: Path, start: Any, by: signal.Signals
):
    pid = book.root / "pid"
    book.add("a", SAYS_PID.format(str(pid)) + WAITS)
    command = shlex.join(book.command()).replace("$", "$$")  # as Ninja writes a dollar
    (tmp_path / "build.ninja").write_text(
        f"rule record\n  command = {command}\n  pool = console\nbuild all: record\n"
    )
    build = start(command=["ninja", "-C", str(tmp_path)])
    wait_until(lambda: pid.exists() or build.poll() is not None, lambda: "a does not begin")
    assert pid.exists(), build.communicate()
    os.kill(build.pid, by)  # not its group, as a terminal would do it
    output, _ = build.communicate(timeout=TIMEOUT)
    assert "Stopped. The next build goes on from here.\n" in output
    assert not is_running(int(pid.read_text()))
    assert book.files() == set()


def test_two_builds_do_not_record_at_the_same_time(book: Book, start: Any):
    book.add("a", WAITS)
    start()
    wait_until(lambda: bool(book.events()), lambda: "a does not begin")
    second = subprocess.run(book.command(), capture_output=True, text=True)
    assert second.returncode == 2
    assert "Another build makes recordings in" in second.stderr
    assert book.events() == [("begin", "a")]


# ---- Progress -----------------------------------------------------------------------


def test_a_log_has_plain_lines_and_few(book: Book):
    for number in range(5):
        book.add(f"p{number}", only_sleeps=True)
    result = book.record()
    assert result.returncode == 0
    assert "\r" not in result.stdout
    assert "\x1b" not in result.stdout
    first, *_, last = result.stdout.splitlines()
    assert re.fullmatch(r"\[0/5\] .* left", first)
    assert re.fullmatch(r"5 of 5 recordings made in .*, 0 were up to date\.", last)


def test_a_log_has_a_line_every_twenty_seconds():
    import io

    from progress import Progress

    now = 0.0
    stream = io.StringIO()
    progress = Progress(stream, 200, lambda: now)
    for second in range(600):
        now = float(second)
        progress.show(["some/program.cpp"], 600 - now)
    lines = stream.getvalue().splitlines()
    assert len(lines) == 30
    assert lines[0] == "[0/200] about 10 min left: recording some/program.cpp"
    assert lines[15] == "[0/200] about 5 min left: recording some/program.cpp"
    assert lines[-1] == "[0/200] about 20 s left: recording some/program.cpp"


def test_a_terminal_has_one_line_that_changes(book: Book, start: Any):
    for number in range(3):
        book.add(f"p{number}", "time.sleep(0.6)")
    book.add("fails", "sys.exit('why')")
    ours, theirs = pty.openpty()
    driver = start(stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "xterm"})
    os.close(theirs)
    text = ""
    try:
        while part := os.read(ours, 4096):
            text += part.decode()
    except OSError:
        pass  # the terminal has nobody left
    os.close(ours)
    driver.wait(TIMEOUT)
    assert driver.returncode == 1
    shown = text.replace("\r\n", "\n")
    assert re.search(r"\r\[\d/4\] [^\r\n]* left: recording p\d\x1b\[K\r", shown)
    assert "\r\x1b[Kfails failed; the others are still recorded.\n" in shown
    assert "\r\x1b[K3 of 4 recordings made" in shown


def test_the_time_left_is_told_from_the_last_one(book: Book):
    book.add("a", "time.sleep(0.5)", seconds=300)
    assert "[0/1] about 5 min left\n" in book.record().stdout
    (book.build / "a").write_text("changed")
    assert "[0/1] a few seconds left\n" in book.record().stdout
    # Another command may take another time.
    book.jobs[0]["command"].insert(-1, "-u")
    assert "[0/1] about 5 min left\n" in book.record().stdout


@pytest.mark.parametrize(
    ("docstring", "batches", "seconds"),
    [
        ("/*\n    $ p\n    the program finished after ~1.50 second(s)\n*/", 3, 5.9),
        ("/*\n    $ p a\n    ~1.50 seconds\n    $ p b\n    ~2.00 seconds of ~9.99\n*/", 2, 8.1),
        ("/*\n    $ p\n    text\n*/", 1, 1.3),
        ("/* no transcript */", 1, 0.8),
    ],
)
def test_a_first_time_is_told_from_the_transcripts(
    book: Book, docstring: str, batches: int, seconds: float
):
    import jobs

    (book.root / "p.cpp").write_text(docstring)
    book.add("p", docstrings=["{root}/p.cpp"], batches=batches)
    book.command()
    listed = jobs.read_jobs(book.root / "programs.json")
    assert jobs.estimate(listed.jobs[0], listed) == pytest.approx(seconds)


def test_the_estimate_follows_the_machine():
    from progress import Estimate

    estimate = Estimate({"a": 40.0, "b": 40.0, "c": 30.0, "d": 100.0}, {"a", "b", "c"}, 2)
    assert estimate.left({}) == pytest.approx(100 + 55)
    assert estimate.left({"d": 30.0}) == pytest.approx(70 + 55)
    estimate.ended("a", 90.0)  # it took twice as long
    # What that tells of those beside others, it does not of those alone.
    assert estimate.left({}) == pytest.approx(100 + 2 * 40)
    assert estimate.left({"b": 1000.0}) == pytest.approx(100 + 60)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "a few seconds"),
        (12, "about 10 s"),
        (58, "about 60 s"),
        (61, "about 1 min"),
        (95, "about 1 min 40 s"),
        (599, "about 10 min"),
        (3000, "about 50 min"),
    ],
)
def test_a_time_is_no_more_exact_than_it_is(seconds: float, text: str):
    from progress import duration

    assert duration(seconds) == text


def test_facts_that_are_missing_are_named(book: Book):
    book.add("a")
    (book.recordings / "machine.json").unlink()
    result = book.record()
    assert result.returncode == 2
    assert "machine.json: the machine is not described" in result.stderr
    book.describe(**FACTS)
    assert book.recorded() == ["a"]
