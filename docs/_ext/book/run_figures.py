"""Figures of a recorded run, by the names with which pages ask for them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from .errors import BookError
from .figures import Figure, Unit
from .recording import Recording, Transcript


@dataclass(frozen=True)
class _Kind:
    """What a figure of a run is, and how it is read; None where the run has none."""

    unit: Unit
    words: str
    read: Callable[[Transcript], float | None]


def _overshoot(transcript: Transcript) -> float | None:
    run = transcript.run
    return None if run.sleeps is None else run.wall - run.sleeps


FIGURES = {
    "wall": _Kind("seconds", "wall time", lambda one: one.run.wall),
    "cpu": _Kind("seconds", "CPU time", lambda one: one.run.cpu),
    "memory": _Kind("bytes", "peak memory", lambda one: one.run.memory),
    "threads": _Kind("count", "threads", lambda one: len(one.run.threads)),
    "lines": _Kind("count", "lines", lambda one: len(one.run.lines)),
    "runs": _Kind("count", "runs", lambda one: one.runs),
    "orders_seen": _Kind("count", "orders seen", lambda one: one.orders_seen),
    "orders_allowed": _Kind("count", "orders allowed", lambda one: one.orders_allowed),
    "reported": _Kind("seconds", "time that the last line reports", lambda one: one.run.reported),
    "overshoot": _Kind("seconds", "time beyond the sleeps", _overshoot),
}
_PRINTED = re.compile(r"printed_(seconds|bytes|count)_([1-9]\d*)")
_LINE = re.compile(r"line_([1-9]\d*)_seconds")
_UNITS: dict[str, tuple[Unit, float]] = {
    "s": ("seconds", 1.0),
    "second(s)": ("seconds", 1.0),
    "ms": ("seconds", 1e-3),
    "µs": ("seconds", 1e-6),
    "ns": ("seconds", 1e-9),
    "bytes": ("bytes", 1.0),
    "kB": ("bytes", 1e3),
    "MB": ("bytes", 1e6),
}


def run_figure(recording: Recording, transcript: Transcript, name: str) -> Figure:
    """The figure of this name; one that there is not, or that this run lacks, is an error."""
    if found := _PRINTED.fullmatch(name):
        return printed_figure(recording, transcript, found[1], int(found[2]))
    if found := _LINE.fullmatch(name):
        number, lines = int(found[1]), transcript.run.lines
        if number > len(lines):
            raise BookError(f"{recording.path} has {len(lines)} lines, not {number}")
        return Figure(lines[number - 1].time, "seconds")
    if name not in FIGURES:
        raise BookError(
            f"there is no figure “{name}”; there are {', '.join(FIGURES)}, printed_seconds_1, "
            "printed_count_1, line_1_seconds, …"
        )
    kind = FIGURES[name]
    value = kind.read(transcript)
    if value is None:
        raise BookError(f"{recording.path} has no figure “{name}”")
    return Figure(value, kind.unit)


def printed_figure(recording: Recording, transcript: Transcript, unit: str, number: int) -> Figure:
    """What the program has measured itself and printed: its first time, second size, first count"""
    found: list[Figure] = []
    for line in transcript.run.lines:
        for one in line.measured:
            after = line.text[one.end :].split(maxsplit=1) or [""]
            kind, factor = _UNITS.get(after[0].rstrip(",;:."), ("count", 1.0))
            if kind == unit:
                found.append(Figure(one.value * factor, kind))
    if number > len(found):
        raise BookError(f"{recording.path} has {len(found)} printed {unit}, not {number}")
    return found[number - 1]


def meaning(name: str) -> str:
    """What a figure is, in words."""
    if found := _PRINTED.fullmatch(name):
        return f"{found[1]} printed, number {found[2]},"
    if found := _LINE.fullmatch(name):
        return f"time until line {found[1]}"
    return FIGURES[name].words
