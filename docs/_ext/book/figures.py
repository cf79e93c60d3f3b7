"""Figures of a recording by name, and how they are printed."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from .errors import BookError
from .recording import Recording, Transcript

Unit = Literal["seconds", "bytes", "count", "ratio", "share", "per_second", "bytes_per_second"]

# A number and its unit must not part at the end of a line.
NBSP = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Figure:
    value: float
    unit: Unit

    def __str__(self) -> str:
        match self.unit:
            case "seconds":
                return seconds(self.value)
            case "bytes":
                return size(self.value)
            case "bytes_per_second":
                return f"{size(self.value)}/s"
            case "per_second":
                return count(float(f"{self.value:.2e}"))
            case "share":
                return f"{self.value * 100:.1f}{NBSP}%"
            case "ratio":
                return times(self.value, 3 if self.value < 10 else 2)
            case _ if self.value == int(self.value):
                return count(self.value)
            case _:
                return f"{self.value:g}"


FIGURES: dict[str, tuple[Unit, str]] = {
    "wall": ("seconds", "wall time"),
    "cpu": ("seconds", "CPU time"),
    "memory": ("bytes", "peak memory"),
    "threads": ("count", "threads"),
    "lines": ("count", "lines"),
    "runs": ("count", "runs"),
    "orders_seen": ("count", "orders seen"),
    "orders_allowed": ("count", "orders allowed"),
    "reported": ("seconds", "time that the last line reports"),
    "overshoot": ("seconds", "time beyond the sleeps"),
}


def figure(recording: Recording, transcript: Transcript, name: str) -> Figure:
    if found := _PRINTED.fullmatch(name):
        return printed(recording, transcript, found[1], int(found[2]))
    run = transcript.run
    if found := _LINE.fullmatch(name):
        number = int(found[1])
        if number > len(run.lines):
            raise BookError(f"{recording.path} has {len(run.lines)} lines, not {number}")
        return Figure(run.lines[number - 1].time, "seconds")
    if name not in FIGURES:
        raise BookError(
            f"there is no figure “{name}”; there are {', '.join(FIGURES)}, printed_seconds_1, "
            "printed_count_1, line_1_seconds, …"
        )
    value: float | None
    match name:
        case "wall":
            value = run.wall
        case "cpu":
            value = run.cpu
        case "memory":
            value = run.memory
        case "threads":
            value = len(run.threads)
        case "lines":
            value = len(run.lines)
        case "runs":
            value = transcript.runs
        case "orders_seen":
            value = transcript.orders_seen
        case "orders_allowed":
            value = transcript.orders_allowed
        case "reported":
            value = run.reported
        case _:
            value = None if run.sleeps is None else run.wall - run.sleeps
    if value is None:
        raise BookError(f"{recording.path} has no figure “{name}”")
    return Figure(value, FIGURES[name][0])


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


def printed(recording: Recording, transcript: Transcript, unit: str, number: int) -> Figure:
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
    return FIGURES[name][1]


def unit_of(name: str) -> Unit:
    """The name of a figure ends with its unit, or is it; anything else is counted."""
    units: tuple[Unit, ...] = (
        "bytes_per_second",
        "per_second",
        "seconds",
        "bytes",
        "ratio",
        "share",
    )
    return next((unit for unit in units if f"_{name}".endswith(f"_{unit}")), "count")


def seconds(value: float) -> str:
    """Three decimals up to 10 s, so that milliseconds beyond a sleep still show."""
    size = abs(value)
    if size >= 0.9995:
        decimals = 3 if size < 9.9995 else 2 if size < 99.995 else 1
        return f"{_number(value, decimals)}{NBSP}s"
    if size >= 0.0000995:
        decimals = 2 if size < 0.000995 else 1 if size < 0.00995 else 0
        return f"{_number(value * 1e3, decimals)}{NBSP}ms"
    if size >= 0.0000009995:
        return f"{_number(value * 1e6, 1 if size < 0.00000995 else 0)}{NBSP}µs"
    decimals = 0 if size >= 0.00000000995 else 1 if size >= 0.000000000995 else 2
    return f"{_number(value * 1e9, decimals)}{NBSP}ns"


def size(value: float) -> str:
    if value < 999.5:
        return f"{_number(value, 0)}{NBSP}B"
    if value < 999_500:
        return f"{_number(value / 1e3, 0)}{NBSP}kB"
    if value < 999_500_000:
        return f"{_number(value / 1e6, 1)}{NBSP}MB"
    return f"{_number(value / 1e9, 1)}{NBSP}GB"


def count(value: float) -> str:
    """Thousands are set apart by a narrow space, as in 3 628 800."""
    return f"{int(value):,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def ratio(numerator: Figure, denominator: Figure) -> str:
    """As a page prints it; of figures of one unit alone."""
    if numerator.unit != denominator.unit:
        raise BookError(f"a ratio of {numerator.unit} to {denominator.unit} says nothing")
    if denominator.value == 0:
        raise BookError("a ratio to zero has no value")
    return times(numerator.value / denominator.value, 2)


def times(value: float, digits: int) -> str:
    """Two significant digits: one run does not carry more; a median of several does."""
    return f"{_number(value, _decimals(value, digits))}{NBSP}×"


def _decimals(value: float, digits: int) -> int:
    if value == 0:
        return 0
    # Rounded first, so that 9.96 is printed as 10 and not as 10.0.
    magnitude = math.floor(math.log10(abs(float(f"{value:.{digits - 1}e}"))))
    return max(0, digits - 1 - magnitude)


def _number(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}".replace("-", "\N{MINUS SIGN}")
