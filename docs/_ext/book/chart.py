"""Draws measured rows as a chart: lines over a number, or bars over names.

Whiskers reach from the lower to the upper quartile of a number's rounds; a point that was
not measured is left out. The numbers stand under the picture in a table.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from . import svg
from .colours import colour_class
from .errors import BookError
from .figures import Figure
from .scales import Scale, even_ticks, log_ticks, tick_label
from .series import Axis, Point, Series, describe, describe_bars, drawn_values
from .svg import LETTER, WIDTH, number

HEIGHT = 300.0
LEFT, RIGHT, TOP, BOTTOM = 78.0, 20.0, 14.0, 46.0
BAR = 26.0  # from one bar to the next
CAP = 4.0  # half of a whisker's end


def axis_scale(
    axis: Axis, values: Sequence[float], low: float, high: float
) -> tuple[Scale, list[float]]:
    """From the values to the drawing, with ticks; it begins at 0 where it is not a logarithm."""
    first, last = min(values), max(values)
    if not axis.log:
        first = min(0.0, first)
        if last <= first:
            last = first + 1.0
    elif first == last:
        first, last = first / 2, last * 2
    ticks = log_ticks(first, last) if axis.log else even_ticks(first, last)
    return Scale(min(first, ticks[0]), max(last, ticks[-1]), low, high, axis.log), ticks


def chart_svg(series: Sequence[Series], x: Axis, y: Axis, identity: str, title: str) -> str:
    """Lines over a number; empty where none of the points was measured."""
    drawn = [point for one in series for point in one.drawn]
    if not drawn:
        return ""
    # Also with those that are missing, so that the axis shows what was tried.
    places = [point.x for one in series for point in one.points]
    across, across_ticks = axis_scale(x, places, LEFT, WIDTH - RIGHT)
    up, up_ticks = axis_scale(y, drawn_values(drawn, y), HEIGHT - BOTTOM, TOP)
    said = describe(series, x, y)
    out = svg.opening("book-timeline book-chart", identity, title, said, HEIGHT)
    for tick in up_ticks:
        label = tick_label(tick, y.unit, up_ticks[-1])
        out.append(svg.line("grid", (LEFT, WIDTH - RIGHT), (up(tick), up(tick))))
        out.append(svg.text("tick", LEFT - 8, up(tick) + 4, label, "end"))
    for tick in across_ticks:
        out.append(svg.line("grid", (across(tick), across(tick)), (TOP, HEIGHT - BOTTOM)))
    out += _labels(across, across_ticks, x)
    out.append(svg.text("tick", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, x.label, "middle"))
    for index, one in enumerate(series):
        out += [f'<g class="{colour_class(index)}">', *_line(one, x, across, up), "</g>"]
    out.append("</svg>")
    return "\n".join(out)


def _line(series: Series, x: Axis, across: Scale, up: Scale) -> Iterator[str]:
    """Its stretches, and its points with their whiskers."""
    for stretch in series.stretches:
        path = "L".join(f"{number(across(one.x))} {number(up(one.value))}" for one in stretch)
        yield f'<path class="line" d="M{path}"/>'
    for point in series.drawn:
        at = across(point.x)
        yield from _upright_whisker(at, up, point)
        yield (
            f'<circle class="mark filled" cx="{number(at)}" cy="{number(up(point.value))}" r="4">'
            f"<title>{escape(_tip(series.name, point, x))}</title></circle>"
        )


def _upright_whisker(at: float, up: Scale, point: Point) -> Iterator[str]:
    if point.spread is None:
        return
    low, high = (number(up.clamped(value)) for value in point.spread)
    caps = "".join(f"M{number(at - CAP)} {end}h{number(2 * CAP)}" for end in (low, high))
    yield f'<path class="whisker" d="M{number(at)} {low}V{high}{caps}"/>'


def _labels(across: Scale, ticks: Sequence[float], x: Axis) -> list[str]:
    """Those of the horizontal axis that fit beside each other."""
    out: list[str] = []
    end = -math.inf
    for tick in ticks:
        label = tick_label(tick, x.unit, ticks[-1])
        half = len(label) * LETTER / 2
        if across(tick) - half < end:
            continue
        end = across(tick) + half + 6
        out.append(svg.text("tick", across(tick), HEIGHT - BOTTOM + 17, label, "middle"))
    return out


def bars_svg(bars: Sequence[Series], y: Axis, identity: str, title: str) -> str:
    """One bar for each name, from the top, with its figure at its end."""
    drawn = [(one.name, point) for one in bars for point in one.drawn]
    if not drawn:
        return ""
    largest = max(drawn_values([point for _, point in drawn], y))
    if largest <= 0 or min(point.value for _, point in drawn) < 0:
        raise BookError(f"“{y.field}” gives no bars: none is above 0, or one below")
    left = max(48.0, min(260.0, 16.0 + LETTER * max(len(name) for name, _ in drawn)))
    figures = [str(Figure(point.value, y.unit)) for _, point in drawn]
    room = 14.0 + LETTER * max(map(len, figures))
    across = Scale(0.0, largest, left, WIDTH - room)
    said = describe_bars(bars, y)
    height = 12.0 + BAR * len(drawn)
    out = svg.opening("book-timeline book-chart", identity, title, said, height)
    for index, ((name, point), figure) in enumerate(zip(drawn, figures, strict=True)):
        out += _bar(name, point, figure, across, 6.0 + BAR * index)
    out.append("</svg>")
    return "\n".join(out)


def _bar(name: str, point: Point, figure: str, across: Scale, top: float) -> Iterator[str]:
    """A bar between its name and its figure, with its whisker."""
    left = across.low
    width = max(across(point.value) - left, 1.0)
    ends = [across(value) for value in point.spread or ()]
    yield (
        f'<g class="{colour_class(0)}">{svg.text("name", left - 9, top + 17, name, "end")}'
        f'<rect class="running" x="{number(left)}" y="{number(top + 4)}" width="{number(width)}"'
        f' height="{number(BAR - 8)}" rx="2"><title>{escape(_tip(name, point))}</title></rect>'
    )
    if ends:
        middle = top + BAR / 2
        caps = "".join(f"M{number(at)} {number(middle - CAP)}v{number(2 * CAP)}" for at in ends)
        begin, end = map(number, ends)
        yield f'<path class="whisker" d="M{begin} {number(middle)}H{end}{caps}"/>'
    beside = max(across(point.value), *ends) if ends else across(point.value)
    yield f"{svg.text('tick', beside + 7, top + 17, figure)}</g>"


def legend(series: Sequence[Series]) -> str:
    """None for a single line: the title says what it is."""
    if len(series) < 2:
        return ""
    items = "".join(
        f'<li><svg class="book-key {colour_class(index)}" viewBox="0 0 22 14" aria-hidden="true">'
        '<rect class="running" x="0" y="5" width="22" height="4" rx="2"/></svg>'
        f"{escape(one.name)}</li>"
        for index, one in enumerate(series)
    )
    return f'<ul class="book-legend">{items}</ul>'


def _tip(name: str, point: Point, x: Axis | None = None) -> str:
    """What a point or a bar says under the pointer."""
    places = [name] if name else []
    if x is not None:
        places.append(f"{x.label} {tick_label(point.x, x.unit, point.x)}")
    said = f"{', '.join(places)}: {Figure(point.value, point.figure.unit)}"
    if point.figure.rounds > 1:
        said += f" ({point.figure.spread_text}, {point.figure.rounds} rounds)"
    return said
