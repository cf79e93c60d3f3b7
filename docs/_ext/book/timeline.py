"""Draws a run as a timeline: one row for each thread or process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from . import svg
from .activity import ISOLATED, WAITING, binned, paths, stretches
from .colours import NEUTRAL, lane_class
from .recording import Line, Run
from .scales import Scale, time_ticks
from .svg import LETTER, WIDTH, number
from .timeline_rows import TimelineRow, describe, timeline_rows

RIGHT = 20.0
TOP = 10.0
AXIS = 26.0


@dataclass(frozen=True)
class _Layout:
    """What all rows of a timeline share."""

    run: Run
    lanes: tuple[str, ...]
    scale: Scale
    pitch: float  # from one row to the next
    bar: float  # the height of a row's bar
    hatch: str  # the id of the pattern for what waits


def timeline_svg(run: Run, lanes: tuple[str, ...], identity: str, title: str) -> str:
    rows = timeline_rows(run, lanes)
    layout = _layout(run, lanes, rows, f"{identity}-waiting")
    scale = layout.scale
    bottom = TOP + layout.pitch * len(rows)
    ends = f' data-left="{number(scale.low)}" data-right="{number(scale.high)}"'
    out = svg.opening("book-timeline", identity, title, describe(run, rows), bottom + AXIS, ends)
    out.append(hatch_pattern(layout.hatch))
    for at, label in time_ticks(run.wall):
        x = scale.clamped(at)
        out.append(svg.line("grid", (x, x), (TOP - 4, bottom)))
        out.append(svg.text("tick", x, bottom + 17, label, "middle"))
    for index, row in enumerate(rows):
        out.extend(_draw_row(row, layout, TOP + layout.pitch * (index + 0.5)))
    out.append(svg.line("now", (scale.low, scale.low), (TOP - 6, bottom + 2)))
    out.append("</svg>")
    return "\n".join(out)


def _layout(run: Run, lanes: tuple[str, ...], rows: list[TimelineRow], hatch: str) -> _Layout:
    """The more rows, the lower they are."""
    pitch = 26.0 if len(rows) <= 12 else 21.0 if len(rows) <= 24 else 17.0
    bar = pitch - (12.0 if pitch > 22 else 8.0 if pitch > 18 else 6.0)
    letters = max((len(row.name) for row in rows), default=4)
    left = max(48.0, min(150.0, 16.0 + LETTER * letters))
    scale = Scale(0.0, max(run.wall, 1e-9), left, WIDTH - RIGHT)
    return _Layout(run, lanes, scale, pitch, bar, hatch)


def hatch_pattern(identity: str) -> str:
    return (
        f'<defs><pattern id="{identity}" patternUnits="userSpaceOnUse" width="4.5" height="4.5"'
        ' patternTransform="rotate(45)">'
        '<line class="hatch" x1="1" x2="1" y1="0" y2="4.5"/></pattern></defs>'
    )


def _draw_row(row: TimelineRow, layout: _Layout, middle: float) -> Iterator[str]:
    yield f'<g class="{row.colour}">'
    yield svg.text("name", layout.scale.low - 9, middle + 4, row.name, "end")
    if row.thread is not None:
        yield from _draw_life(row, row.thread, layout, middle)
    for line in row.lines:
        yield _mark(line, row, layout, middle)
    yield "</g>"


def _draw_life(row: TimelineRow, thread: int, layout: _Layout, middle: float) -> Iterator[str]:
    """From a thread's start to its end: asleep, on a core, waiting for one."""
    scale = layout.scale
    start = scale.clamped(row.start)
    end = max(scale.clamped(row.end), start + ISOLATED)
    top, bar = middle - layout.bar / 2, layout.bar
    yield (
        f'<rect class="asleep" x="{number(start)}" y="{number(top)}"'
        f' width="{number(end - start)}" height="{number(bar)}" rx="2"/>'
    )
    on_core, waiting = binned(layout.run.threads[thread], scale)
    running = stretches(on_core, scale.low, start, end)
    yield from paths(running, (top, bar), 'class="running"')
    hatched = stretches(waiting, scale.low, start, end, threshold=WAITING)
    yield from paths(hatched, (top, bar), f'fill="url(#{layout.hatch})"')


def _mark(line: Line, row: TimelineRow, layout: _Layout, middle: float) -> str:
    """Where a line was written; in a row of no lane's colour, with that of its own lane."""
    own = line.lanes[0] if line.lanes is not None and len(line.lanes) == 1 else None
    filled = row.colour == NEUTRAL and own in layout.lanes
    colour = f" filled {lane_class(own, layout.lanes)}" if filled else ""
    said = f"{line_time(line.time, layout.run.wall)}: {line.text}"
    return (
        f'<circle class="mark{colour}" cx="{number(layout.scale.clamped(line.time))}"'
        f' cy="{number(middle)}" r="{number(min(3.6, layout.bar / 2 - 1))}"'
        f' data-time="{line.time:.6f}"><title>{escape(said)}</title></circle>'
    )


def line_time(time: float, wall: float) -> str:
    """A line's time, in seconds, or in milliseconds where the whole run takes few."""
    if wall >= 0.5:
        return f"{time:.3f} s"
    return f"{time * 1e3:.2f} ms" if wall >= 0.01 else f"{time * 1e3:.3f} ms"
