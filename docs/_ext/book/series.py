"""Measured rows as points: what a chart draws, and what of it was not measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from .errors import BookError
from .figures import Figure, Unit, unit_of
from .measurement import Row
from .recorded_figure import RecordedFigure
from .scales import tick_label


@dataclass(frozen=True)
class Axis:
    """A field of the rows, and what is written beside its axis."""

    field: str
    label: str
    log: bool = False

    @property
    def unit(self) -> Unit:
        return unit_of(self.field)


@dataclass(frozen=True)
class Point:
    """What was measured at a place `x`; of bars, x counts them."""

    x: float
    figure: RecordedFigure

    @property
    def drawn(self) -> bool:
        return self.figure.measured

    @property
    def value(self) -> float:
        assert isinstance(self.figure.value, (int, float))
        return float(self.figure.value)

    @property
    def spread(self) -> tuple[float, float] | None:
        """Its quartiles, where they are apart."""
        low, high = self.figure.low, self.figure.high
        return None if low is None or high is None or low == high else (low, high)


@dataclass(frozen=True)
class Series:
    name: str
    points: tuple[Point, ...]

    @property
    def drawn(self) -> list[Point]:
        return [point for point in self.points if point.drawn]

    @property
    def stretches(self) -> list[list[Point]]:
        """Its points, apart where one between them is missing."""
        parts = groupby(self.points, key=lambda point: point.drawn)
        return [list(points) for drawn, points in parts if drawn]


def read_series(rows: Sequence[Row], x: Axis, y: Axis, by: str | None) -> list[Series]:
    """The rows as points, apart by what the field `by` says, in the order of their coming."""
    points: dict[str, list[Point]] = {}
    for row in rows:
        name = row_label(row, by) if by else ""
        at = row_figure(row, x)
        if not at.measured:
            raise BookError(f"“{x.field}” of a row has no place on the axis: {at.reason}")
        points.setdefault(name, []).append(Point(Point(0, at).value, row_figure(row, y)))
    if not points:
        raise BookError("there are no rows to draw")
    return [
        Series(name, tuple(sorted(some, key=lambda point: point.x)))
        for name, some in points.items()
    ]


def read_bars(rows: Sequence[Row], y: Axis, by: str) -> list[Series]:
    """A bar for each row: a series of one point."""
    if not rows:
        raise BookError("there are no rows to draw")
    return [
        Series(row_label(row, by), (Point(index, row_figure(row, y)),))
        for index, row in enumerate(rows)
    ]


def row_value(row: Row, field: str) -> RecordedFigure | str | float:
    if field not in row:
        raise BookError(f"a row has no “{field}”; it has {', '.join(row)}")
    return row[field]


def row_label(row: Row, field: str) -> str:
    value = row_value(row, field)
    return str(value.value if isinstance(value, RecordedFigure) else value)


def row_figure(row: Row, axis: Axis) -> RecordedFigure:
    """A row's number, or why there is none."""
    found = row_value(row, axis.field)
    if isinstance(found, RecordedFigure):
        figure = found
    else:
        figure = RecordedFigure(axis.label, "", axis.unit, found)
    value = figure.value
    if value is None:
        return figure
    if isinstance(value, (bool, str)) or not math.isfinite(value):
        raise BookError(f"“{axis.field}” of a row is no number: {value}")
    if axis.log and value <= 0:
        raise BookError(f"“{axis.field}” of a row is {value}, which has no logarithm")
    return figure


def drawn_values(points: Sequence[Point], axis: Axis) -> list[float]:
    """All that an axis has to show of these points; a logarithm none that is 0 or below."""
    values = [one for point in points for one in (point.value, *(point.spread or ()))]
    return [value for value in values if value > 0 or not axis.log]


def missing_notes(series: Sequence[Series], x: Axis | None) -> list[str]:
    """What is missing in the picture, and why, a sentence for each reason."""
    by_reason: dict[str, list[str]] = {}
    for one in series:
        missing: dict[str, list[str]] = {}
        for point in one.points:
            if not point.drawn:
                places = missing.setdefault(point.figure.reason, [])
                if x is not None:
                    places.append(tick_label(point.x, x.unit, point.x))
        for reason, places in missing.items():
            at = f"{x.label} {', '.join(places)}" if x is not None else ""
            whole = one.name and (len(places) == len(one.points) or not at)
            name = one.name if whole else f"{one.name} at {at}" if one.name else at
            by_reason.setdefault(reason, []).append(name)
    return [f"Not measured: {'; '.join(names)} ({reason})." for reason, names in by_reason.items()]


def describe(series: Sequence[Series], x: Axis, y: Axis) -> str:
    """From where to where each line goes; the table has the numbers between."""
    parts = [f"{y.label} over {x.label}."]
    for one in series:
        name = f"{one.name}: " if one.name else ""
        ends = [one.drawn[index] for index in (0, -1)] if len(one.drawn) > 1 else one.drawn
        places = [
            f"{Figure(point.value, y.unit)} at {tick_label(point.x, x.unit, point.x)}"
            for point in ends
        ]
        parts.append(f"{name}{', '.join(places) or 'not measured'}.")
    return " ".join(parts)


def describe_bars(bars: Sequence[Series], y: Axis) -> str:
    parts = [
        f"{one.name}: {Figure(point.value, y.unit) if point.drawn else 'not measured'}"
        for one in bars
        for point in one.points
    ]
    return f"{y.label}. {'; '.join(parts)}."
