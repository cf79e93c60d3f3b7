"""The rows of a timeline: its threads and processes, in their order, with their names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .colours import NEUTRAL, lane_class
from .figures import seconds
from .recording import Line, Run, Thread

COMM = 15  # the kernel keeps this many letters of a thread's name
TOGETHER = 0.01  # starts within this share of the run are one


@dataclass(frozen=True)
class TimelineRow:
    name: str
    thread: int | None  # index in the run's threads; None: writers are not known
    start: float
    end: float
    colour: str  # a CSS class
    lines: tuple[Line, ...]


def timeline_rows(run: Run, lanes: tuple[str, ...]) -> list[TimelineRow]:
    """The run's threads in the order of their start, the program's own first."""
    wrote = [
        tuple(line for line in run.lines if line.thread == index)
        for index in range(len(run.threads))
    ]
    own = [_own_lane(lines) for lines in wrote]
    order = _order(run, [lanes.index(lane) if lane in lanes else len(lanes) for lane in own])
    names = row_names([run.threads[index] for index in order])
    made = []
    for index, name in zip(order, names, strict=True):
        thread = run.threads[index]
        colour = lane_class(own[index], lanes)
        made.append(TimelineRow(name, index, thread.start, thread.end, colour, wrote[index]))
    unknown = tuple(line for line in run.lines if line.thread is None)
    if unknown:
        made.append(TimelineRow("output", None, 0.0, 0.0, NEUTRAL, unknown))
    return made


def _order(run: Run, lane: list[int]) -> list[int]:
    """By start; threads that start together stand in the order of their lanes.

    Which of them was seen first is chance, and would shuffle the rows.
    """
    by_start = sorted(range(1, len(run.threads)), key=lambda index: run.threads[index].start)
    order = [0] if run.threads else []
    together: list[int] = []
    for index in by_start:
        if together and run.threads[index].start > run.threads[together[0]].start + (
            TOGETHER * run.wall
        ):
            order += sorted(together, key=lambda one: (lane[one], run.threads[one].tid))
            together = []
        together.append(index)
    return order + sorted(together, key=lambda one: (lane[one], run.threads[one].tid))


def row_names(threads: Iterable[Thread]) -> list[str]:
    """A thread's own name; where it has none, what it is.

    A thread that was given no name carries its program's, as far as the kernel
    keeps it.
    """
    names: list[str] = []
    first: Thread | None = None
    unnamed_threads = unnamed_processes = 0
    for thread in threads:
        first = first or thread
        if thread.name and thread.name[:COMM] != thread.program[:COMM]:
            names.append(thread.name)
        elif thread.tid == thread.pid == first.pid:
            names.append("main")
        elif thread.tid == thread.pid:
            unnamed_processes += 1
            names.append(f"process {unnamed_processes}")
        else:
            unnamed_threads += 1
            names.append(f"thread {unnamed_threads}")
    return names


def _own_lane(lines: Iterable[Line]) -> str | None:
    """The lane that a thread wrote in, if it wrote in one alone."""
    own = {line.lanes[0] for line in lines if line.lanes is not None and len(line.lanes) == 1}
    return own.pop() if len(own) == 1 else None


def describe(run: Run, drawn: list[TimelineRow]) -> str:
    threads = len(run.threads)
    words = "1 thread" if threads == 1 else f"{threads} threads and processes"
    parts = [f"{words} in {seconds(run.wall)}."]
    for row in drawn[:12]:
        if row.thread is None:
            continue
        lines = len(row.lines)
        wrote = f", wrote {lines} line{'s' if lines != 1 else ''}" if lines else ""
        parts.append(f"{row.name}: from {seconds(row.start)} to {seconds(row.end)}{wrote}.")
    if len(drawn) > 12:
        parts.append("The lines below tell the rest.")
    return " ".join(parts)
