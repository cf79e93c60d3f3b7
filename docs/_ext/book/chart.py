"""Draws measured rows as a chart: lines over a number, or bars over names.

The picture is inline SVG whose colours are the page's own CSS variables, so it
follows the light and the dark mode. Whiskers reach from the lower to the upper quartile
of a number's rounds; a point that was not measured is left out. The numbers stand under it
in a table.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from .errors import BookError
from .figures import Figure, Unit, unit_of
from .measurement import Row, Taken

WIDTH, HEIGHT = 720.0, 300.0
LEFT, RIGHT, TOP, BOTTOM = 78.0, 20.0, 14.0, 46.0
LETTER = 6.9  # the mean width of a letter
BAR = 26.0  # from one bar to the next
CAP = 4.0  # half of a whisker's end
COLOURS = 10  # the lane colours of book.css

PREFIXES: dict[Unit, list[tuple[float, str]]] = {
    "seconds": [(1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")],
    "bytes": [(1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B")],
    "bytes_per_second": [(1e9, "GB/s"), (1e6, "MB/s"), (1e3, "kB/s"), (1.0, "B/s")],
}


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
    taken: Taken

    @property
    def drawn(self) -> bool:
        return self.taken.measured

    @property
    def value(self) -> float:
        assert isinstance(self.taken.value, (int, float))
        return float(self.taken.value)

    @property
    def spread(self) -> tuple[float, float] | None:
        """Its quartiles, where they are apart."""
        low, high = self.taken.low, self.taken.high
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
        name = label(row, by) if by else ""
        at = cell(row, x)
        if not at.measured:
            raise BookError(f"“{x.field}” of a row has no place on the axis: {at.reason}")
        points.setdefault(name, []).append(Point(Point(0, at).value, cell(row, y)))
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
    return [Series(label(row, by), (Point(index, cell(row, y)),)) for index, row in enumerate(rows)]


def row_value(row: Row, field: str) -> Taken | str | float:
    if field not in row:
        raise BookError(f"a row has no “{field}”; it has {', '.join(row)}")
    return row[field]


def label(row: Row, field: str) -> str:
    value = row_value(row, field)
    return str(value.value if isinstance(value, Taken) else value)


def cell(row: Row, axis: Axis) -> Taken:
    """A row's number, or why there is none."""
    found = row_value(row, axis.field)
    taken = found if isinstance(found, Taken) else Taken(axis.label, "", axis.unit, found)
    value = taken.value
    if value is None:
        return taken
    if isinstance(value, (bool, str)) or not math.isfinite(value):
        raise BookError(f"“{axis.field}” of a row is no number: {value}")
    if axis.log and value <= 0:
        raise BookError(f"“{axis.field}” of a row is {value}, which has no logarithm")
    return taken


def reach(points: Sequence[Point], axis: Axis) -> list[float]:
    """All that an axis has to show of these points; a logarithm none that is 0 or below."""
    values = [one for point in points for one in (point.value, *(point.spread or ()))]
    return [value for value in values if value > 0 or not axis.log]


def not_drawn(series: Sequence[Series], x: Axis | None) -> list[str]:
    """What is missing in the picture, and why, a sentence for each reason."""
    by_reason: dict[str, list[str]] = {}
    for one in series:
        missing: dict[str, list[str]] = {}
        for point in one.points:
            if not point.drawn:
                places = missing.setdefault(point.taken.reason, [])
                if x is not None:
                    places.append(tick_label(point.x, x.unit, point.x))
        for reason, places in missing.items():
            at = f"{x.label} {', '.join(places)}" if x is not None else ""
            whole = one.name and (len(places) == len(one.points) or not at)
            name = one.name if whole else f"{one.name} at {at}" if one.name else at
            by_reason.setdefault(reason, []).append(name)
    return [f"Not measured: {'; '.join(names)} ({reason})." for reason, names in by_reason.items()]


def scale(axis: Axis, values: Sequence[float], low: float, high: float) -> _Scale:
    """From the values to the drawing; it begins at 0 where it is not a logarithm."""
    first, last = min(values), max(values)
    if not axis.log:
        first = min(0.0, first)
        if last <= first:
            last = first + 1.0
    elif first == last:
        first, last = first / 2, last * 2
    ticks = log_ticks(first, last) if axis.log else even_ticks(first, last)
    first, last = min(first, ticks[0]), max(last, ticks[-1])
    move: Callable[[float], float] = math.log10 if axis.log else float
    return _Scale(move, move(first), move(last), low, high, tuple(ticks))


@dataclass(frozen=True)
class _Scale:
    move: Callable[[float], float]
    first: float
    last: float
    low: float
    high: float
    ticks: tuple[float, ...]

    def within(self, value: float) -> float:
        """The place of a value that may lie beyond the axis, at its end."""
        return self(min(max(value, self.ticks[0]), self.ticks[-1]))

    def __call__(self, value: float) -> float:
        share = (self.move(value) - self.first) / (self.last - self.first)
        return self.low + (self.high - self.low) * share


def even_ticks(first: float, last: float) -> list[float]:
    """Round numbers, four to eight of them, that enclose both."""
    rough = (last - first) / 6
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)
    begin, end = math.floor(first / step + 1e-9), math.ceil(last / step - 1e-9)
    return [index * step for index in range(begin, end + 1)]


def log_ticks(first: float, last: float) -> list[float]:
    """Powers of ten that enclose both; 1, 2 and 5 of each where there are few."""
    begin = math.floor(math.log10(first) + 1e-9)
    end = math.ceil(math.log10(last) - 1e-9)
    if end - begin > 2:
        return [10.0**power for power in range(begin, end + 1)]
    ticks = [factor * 10.0**power for power in range(begin, end + 1) for factor in (1, 2, 5)]
    lower = max((tick for tick in ticks if tick <= first * (1 + 1e-9)), default=ticks[0])
    upper = min((tick for tick in ticks if tick >= last * (1 - 1e-9)), default=ticks[-1])
    return [tick for tick in ticks if lower <= tick <= upper]


def tick_label(value: float, unit: Unit, largest: float) -> str:
    """A round number, with the unit that suits it, or the axis' largest if it is 0."""
    if unit not in PREFIXES:
        text = f"{value:.10g}"
        if value >= 10_000 and value == int(value):
            text = f"{int(value):,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
        return text
    size = abs(value) or abs(largest)
    units = PREFIXES[unit]
    factor, name = next((one for one in units if size >= one[0] * 0.9995), units[-1])
    return f"{value / factor:.4g} {name}"


def chart_svg(series: Sequence[Series], x: Axis, y: Axis, identity: str, title: str) -> str:
    """Lines over a number; empty where none of the points was measured."""
    drawn = [point for one in series for point in one.drawn]
    if not drawn:
        return ""
    # Also with those that are missing, so that the axis shows what was tried.
    places = [point.x for one in series for point in one.points]
    across = scale(x, places, LEFT, WIDTH - RIGHT)
    up = scale(y, reach(drawn, y), HEIGHT - BOTTOM, TOP)
    out = _opening(identity, title, describe(series, x, y), WIDTH, HEIGHT)
    for tick in up.ticks:
        at = _n(up(tick))
        out.append(
            f'<line class="grid" x1="{_n(LEFT)}" x2="{_n(WIDTH - RIGHT)}" y1="{at}" y2="{at}"/>'
        )
        text = tick_label(tick, y.unit, up.ticks[-1])
        out.append(
            f'<text class="tick" x="{_n(LEFT - 8)}" y="{_n(up(tick) + 4)}" text-anchor="end">'
            f"{text}</text>"
        )
    for tick in across.ticks:
        at = _n(across(tick))
        out.append(
            f'<line class="grid" x1="{at}" x2="{at}" y1="{_n(TOP)}" y2="{_n(HEIGHT - BOTTOM)}"/>'
        )
    out += _labels(across, x)
    out.append(
        f'<text class="tick" x="{_n((LEFT + WIDTH - RIGHT) / 2)}" y="{_n(HEIGHT - 6)}"'
        f' text-anchor="middle">{escape(x.label)}</text>'
    )
    for index, one in enumerate(series):
        out.append(f'<g class="lane-{index % COLOURS + 1}">')
        for stretch in one.stretches:
            path = "L".join(f"{_n(across(point.x))} {_n(up(point.value))}" for point in stretch)
            out.append(f'<path class="line" d="M{path}"/>')
        for point in one.drawn:
            at = across(point.x)
            out += _upright(at, up, point)
            out.append(
                f'<circle class="mark filled" cx="{_n(at)}" cy="{_n(up(point.value))}" r="4">'
                f"<title>{escape(_said(one.name, point, x))}</title></circle>"
            )
        out.append("</g>")
    out.append("</svg>")
    return "\n".join(out)


def _upright(at: float, up: _Scale, point: Point) -> list[str]:
    if point.spread is None:
        return []
    low, high = (up.within(value) for value in point.spread)
    caps = "".join(f"M{_n(at - CAP)} {_n(end)}h{_n(2 * CAP)}" for end in (low, high))
    return [f'<path class="whisker" d="M{_n(at)} {_n(low)}V{_n(high)}{caps}"/>']


def _labels(across: _Scale, x: Axis) -> list[str]:
    """Those of the horizontal axis that fit beside each other."""
    out: list[str] = []
    taken = -math.inf
    for tick in across.ticks:
        label = tick_label(tick, x.unit, across.ticks[-1])
        half = len(label) * LETTER / 2
        if across(tick) - half < taken:
            continue
        taken = across(tick) + half + 6
        out.append(
            f'<text class="tick" x="{_n(across(tick))}" y="{_n(HEIGHT - BOTTOM + 17)}"'
            f' text-anchor="middle">{label}</text>'
        )
    return out


def bars_svg(bars: Sequence[Series], y: Axis, identity: str, title: str) -> str:
    """One bar for each name, from the top, with its figure at its end."""
    drawn = [(one.name, point) for one in bars for point in one.drawn]
    if not drawn:
        return ""
    largest = max(reach([point for _, point in drawn], y))
    if largest <= 0 or min(point.value for _, point in drawn) < 0:
        raise BookError(f"“{y.field}” gives no bars: none is above 0, or one below")
    left = max(48.0, min(260.0, 16.0 + LETTER * max(len(name) for name, _ in drawn)))
    texts = [str(Figure(point.value, y.unit)) for _, point in drawn]
    room = 14.0 + LETTER * max(map(len, texts))
    height = 12.0 + BAR * len(drawn)
    out = _opening(identity, title, describe_bars(bars, y), WIDTH, height)
    for index, ((name, point), text) in enumerate(zip(drawn, texts, strict=True)):
        top = 6.0 + BAR * index
        width, *ends = (
            (WIDTH - left - room) * value / largest
            for value in (point.value, *(point.spread or ()))
        )
        end = max(width, *ends) if ends else width
        out.append(
            f'<g class="lane-1"><text class="name" x="{_n(left - 9)}" y="{_n(top + 17)}"'
            f' text-anchor="end">{escape(name)}</text>'
            f'<rect class="running" x="{_n(left)}" y="{_n(top + 4)}" width="{_n(max(width, 1.0))}"'
            f' height="{_n(BAR - 8)}" rx="2"><title>{escape(_said(name, point, None))}</title></rect>'
        )
        if ends:
            middle = top + BAR / 2
            caps = "".join(f"M{_n(left + at)} {_n(middle - CAP)}v{_n(2 * CAP)}" for at in ends)
            out.append(
                f'<path class="whisker" d="M{_n(left + ends[0])} {_n(middle)}'
                f'H{_n(left + ends[1])}{caps}"/>'
            )
        out.append(
            f'<text class="tick" x="{_n(left + end + 7)}" y="{_n(top + 17)}">{text}</text></g>'
        )
    out.append("</svg>")
    return "\n".join(out)


def _opening(identity: str, title: str, said: str, width: float, height: float) -> list[str]:
    return [
        f'<svg class="book-timeline book-chart" viewBox="0 0 {_n(width)} {_n(height)}" role="img"'
        f' aria-labelledby="{identity}-title {identity}-desc">',
        f'<title id="{identity}-title">{escape(title)}</title>',
        f'<desc id="{identity}-desc">{escape(said)}</desc>',
    ]


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


def legend(series: Sequence[Series]) -> str:
    """None for a single line: the title says what it is."""
    if len(series) < 2:
        return ""
    items = "".join(
        f'<li><svg class="book-key lane-{index % COLOURS + 1}" viewBox="0 0 22 14" aria-hidden="true">'
        f'<rect class="running" x="0" y="5" width="22" height="4" rx="2"/></svg>{escape(one.name)}</li>'
        for index, one in enumerate(series)
    )
    return f'<ul class="book-legend">{items}</ul>'


def _said(name: str, point: Point, x: Axis | None) -> str:
    places = [name] if name else []
    if x is not None:
        places.append(f"{x.label} {tick_label(point.x, x.unit, point.x)}")
    said = f"{', '.join(places)}: {Figure(point.value, point.taken.unit)}"
    if point.taken.rounds > 1:
        said += f" ({spread_text(point.taken)}, {point.taken.rounds} rounds)"
    return said


def spread_text(taken: Taken) -> str:
    """Between what the middle half of the rounds lies; empty without rounds."""
    if taken.low is None or taken.high is None:
        return ""
    return f"{Figure(taken.low, taken.unit)} to {Figure(taken.high, taken.unit)}"


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"
