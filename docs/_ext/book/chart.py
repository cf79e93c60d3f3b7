"""Draws measured rows as a chart: lines over a number, or bars over names.

The picture is inline SVG whose colours are the page's own CSS variables, so it
follows the light and the dark mode. The numbers stand under it in a table.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from .errors import BookError
from .figures import Figure, Unit, unit_of

WIDTH, HEIGHT = 720.0, 300.0
LEFT, RIGHT, TOP, BOTTOM = 78.0, 20.0, 14.0, 46.0
LETTER = 6.9  # the mean width of a letter
BAR = 26.0  # from one bar to the next
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
class Series:
    name: str
    points: tuple[tuple[float, float], ...]


def read_series(
    rows: Sequence[Mapping[str, Any]], x: Axis, y: Axis, by: str | None
) -> list[Series]:
    """The rows as points, apart by what the field `by` says, in the order of their coming."""
    points: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        name = str(row_value(row, by)) if by else ""
        point = (number(row, x), number(row, y))
        points.setdefault(name, []).append(point)
    if not points:
        raise BookError("there are no rows to draw")
    return [Series(name, tuple(sorted(some))) for name, some in points.items()]


def row_value(row: Mapping[str, Any], field: str) -> Any:
    if field not in row:
        raise BookError(f"a row has no “{field}”; it has {', '.join(row)}")
    return row[field]


def number(row: Mapping[str, Any], axis: Axis) -> float:
    value = row_value(row, axis.field)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BookError(f"“{axis.field}” of a row is no number: {value}")
    if axis.log and value <= 0:
        raise BookError(f"“{axis.field}” of a row is {value}, which has no logarithm")
    return float(value)


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
    across = scale(x, [a for one in series for a, _ in one.points], LEFT, WIDTH - RIGHT)
    up = scale(y, [b for one in series for _, b in one.points], HEIGHT - BOTTOM, TOP)
    out = _opening(identity, title, describe(series, x, y), WIDTH, HEIGHT)
    for tick in up.ticks:
        at = _n(up(tick))
        out.append(f'<line class="grid" x1="{_n(LEFT)}" x2="{_n(WIDTH - RIGHT)}" y1="{at}" y2="{at}"/>')
        label = tick_label(tick, y.unit, up.ticks[-1])
        out.append(
            f'<text class="tick" x="{_n(LEFT - 8)}" y="{_n(up(tick) + 4)}" text-anchor="end">'
            f"{label}</text>"
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
        path = "L".join(f"{_n(across(a))} {_n(up(b))}" for a, b in one.points)
        out.append(f'<path class="line" d="M{path}"/>')
        for a, b in one.points:
            out.append(
                f'<circle class="mark filled" cx="{_n(across(a))}" cy="{_n(up(b))}" r="4">'
                f"<title>{escape(_said(one.name, a, b, x, y))}</title></circle>"
            )
        out.append("</g>")
    out.append("</svg>")
    return "\n".join(out)


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


def bars_svg(bars: Sequence[tuple[str, float]], y: Axis, identity: str, title: str) -> str:
    """One bar for each name, from the top, with its figure at its end."""
    if not bars:
        raise BookError("there are no rows to draw")
    largest = max(value for _, value in bars)
    if largest <= 0 or min(value for _, value in bars) < 0:
        raise BookError(f"“{y.field}” gives no bars: none is above 0, or one below")
    left = max(48.0, min(260.0, 16.0 + LETTER * max(len(name) for name, _ in bars)))
    texts = [str(Figure(value, y.unit)) for _, value in bars]
    room = 14.0 + LETTER * max(map(len, texts))
    height = 12.0 + BAR * len(bars)
    said = "; ".join(f"{name}: {text}" for (name, _), text in zip(bars, texts, strict=True))
    out = _opening(identity, title, f"{y.label}. {said}.", WIDTH, height)
    for index, ((name, value), text) in enumerate(zip(bars, texts, strict=True)):
        top = 6.0 + BAR * index
        width = (WIDTH - left - room) * value / largest
        out.append(
            f'<g class="lane-1"><text class="name" x="{_n(left - 9)}" y="{_n(top + 17)}"'
            f' text-anchor="end">{escape(name)}</text>'
            f'<rect class="running" x="{_n(left)}" y="{_n(top + 4)}" width="{_n(max(width, 1.0))}"'
            f' height="{_n(BAR - 8)}" rx="2"/>'
            f'<text class="tick" x="{_n(left + width + 7)}" y="{_n(top + 17)}">{text}</text></g>'
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
    """From where to where each line goes, and whether it rises on its way."""
    parts = [f"{y.label} over {x.label}."]
    for one in series:
        (a, b), (c, d) = one.points[0], one.points[-1]
        name = f"{one.name}: " if one.name else ""
        parts.append(
            f"{name}{Figure(b, y.unit)} at {tick_label(a, x.unit, a)}"
            + (f", {Figure(d, y.unit)} at {tick_label(c, x.unit, c)}." if len(one.points) > 1 else ".")
        )
    return " ".join(parts)


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


def _said(name: str, a: float, b: float, x: Axis, y: Axis) -> str:
    before = f"{name}, " if name else ""
    return f"{before}{x.label} {tick_label(a, x.unit, a)}: {Figure(b, y.unit)}"


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"
