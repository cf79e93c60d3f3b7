"""Draws a run as a timeline: one row for each thread or process.

The picture is inline SVG whose colours are the page's own CSS variables, so it
follows the light and the dark mode.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby

from .figures import seconds
from .recording import Line, Run, Thread

WIDTH = 720.0
RIGHT = 20.0
TOP = 10.0
AXIS = 26.0
LETTER = 6.9  # the mean width of a letter of the row names
COMM = 15  # the kernel keeps this many letters of a thread's name

BIN = 1.5  # what happened within this many units is drawn as one
ISOLATED = 3.0  # a shorter stretch on a core is widened to this, and drawn strong
WAITING = 0.15  # the share of a bin spent waiting for a core from which it is hatched
TOGETHER = 0.01  # starts within this share of the run are one
COLOURS = 10  # the lane colours of book.css; further lanes take them again


@dataclass(frozen=True)
class Row:
    name: str
    thread: int | None  # index in the run's threads; None: writers are not known
    start: float
    end: float
    colour: str  # a CSS class
    lines: tuple[Line, ...]


def lane_class(lane: str | None, lanes: tuple[str, ...]) -> str:
    """The CSS class that carries a lane's colour."""
    if lane is None or lane not in lanes:
        return "lane-none"
    return f"lane-{lanes.index(lane) % COLOURS + 1}"


def rows(run: Run, lanes: tuple[str, ...]) -> list[Row]:
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
        made.append(Row(name, index, thread.start, thread.end, colour, wrote[index]))
    unknown = tuple(line for line in run.lines if line.thread is None)
    if unknown:
        made.append(Row("output", None, 0.0, 0.0, "lane-none", unknown))
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


def describe(run: Run, drawn: list[Row]) -> str:
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


def timeline_svg(run: Run, lanes: tuple[str, ...], identity: str, title: str) -> str:
    drawn = rows(run, lanes)
    pitch = 26.0 if len(drawn) <= 12 else 21.0 if len(drawn) <= 24 else 17.0
    bar = pitch - (12.0 if pitch > 22 else 8.0 if pitch > 18 else 6.0)
    left = max(48.0, min(150.0, 16.0 + LETTER * max((len(row.name) for row in drawn), default=4)))
    scale = _Scale(left, WIDTH - RIGHT, max(run.wall, 1e-9))
    bottom = TOP + pitch * len(drawn)
    hatch = f"{identity}-waiting"

    out = [
        f'<svg class="book-timeline" viewBox="0 0 {_n(WIDTH)} {_n(bottom + AXIS)}" role="img"'
        f' aria-labelledby="{identity}-title {identity}-desc"'
        f' data-left="{_n(scale.left)}" data-right="{_n(scale.right)}">',
        f'<title id="{identity}-title">{escape(title)}</title>',
        f'<desc id="{identity}-desc">{escape(describe(run, drawn))}</desc>',
        hatch_pattern(hatch),
    ]
    for at, label in ticks(run.wall):
        x = _n(scale(at))
        out.append(f'<line class="grid" x1="{x}" x2="{x}" y1="{_n(TOP - 4)}" y2="{_n(bottom)}"/>')
        out.append(
            f'<text class="tick" x="{x}" y="{_n(bottom + 17)}" text-anchor="middle">{label}</text>'
        )
    for number, row in enumerate(drawn):
        out.extend(_draw_row(row, run, lanes, scale, TOP + pitch * number, pitch, bar, hatch))
    out.append(
        f'<line class="now" x1="{_n(scale.left)}" x2="{_n(scale.left)}"'
        f' y1="{_n(TOP - 6)}" y2="{_n(bottom + 2)}"/>'
    )
    out.append("</svg>")
    return "\n".join(out)


def hatch_pattern(identity: str) -> str:
    return (
        f'<defs><pattern id="{identity}" patternUnits="userSpaceOnUse" width="4.5" height="4.5"'
        ' patternTransform="rotate(45)">'
        '<line class="hatch" x1="1" x2="1" y1="0" y2="4.5"/></pattern></defs>'
    )


def _draw_row(
    row: Row,
    run: Run,
    lanes: tuple[str, ...],
    scale: _Scale,
    top: float,
    pitch: float,
    bar: float,
    hatch: str,
) -> Iterator[str]:
    middle = top + pitch / 2
    y, height = _n(middle - bar / 2), _n(bar)
    yield f'<g class="{row.colour}">'
    yield (
        f'<text class="name" x="{_n(scale.left - 9)}" y="{_n(middle + 4)}" text-anchor="end">'
        f"{escape(row.name)}</text>"
    )
    if row.thread is not None:
        thread = run.threads[row.thread]
        start, end = scale(row.start), max(scale(row.end), scale(row.start) + ISOLATED)
        yield (
            f'<rect class="asleep" x="{_n(start)}" y="{y}" width="{_n(end - start)}"'
            f' height="{height}" rx="2"/>'
        )
        on_core, waiting = _bins(thread, scale)
        box = (middle - bar / 2, bar)
        yield from _paths(_stretches(on_core, scale.left, start, end), box, 'class="running"')
        hatched = _stretches(waiting, scale.left, start, end, threshold=WAITING)
        yield from _paths(hatched, box, f'fill="url(#{hatch})"')
    for line in row.lines:
        # A row of no lane's colour shows at its marks which lane each line is in.
        own = line.lanes[0] if line.lanes is not None and len(line.lanes) == 1 else None
        filled = row.colour == "lane-none" and own in lanes
        colour = f" filled {lane_class(own, lanes)}" if filled else ""
        yield (
            f'<circle class="mark{colour}" cx="{_n(scale(line.time))}" cy="{_n(middle)}"'
            f' r="{_n(min(3.6, bar / 2 - 1))}" data-time="{line.time:.6f}">'
            f"<title>{escape(line_time(line.time, run.wall))}: {escape(line.text)}</title></circle>"
        )
    yield "</g>"


@dataclass(frozen=True)
class _Scale:
    left: float
    right: float
    wall: float

    def __call__(self, time: float) -> float:
        share = min(1.0, max(0.0, time / self.wall))
        return self.left + (self.right - self.left) * share

    @property
    def bins(self) -> int:
        return math.ceil((self.right - self.left) / BIN)

    @property
    def bin_seconds(self) -> float:
        return self.wall * BIN / (self.right - self.left)


def _bins(thread: Thread, scale: _Scale) -> tuple[dict[int, float], dict[int, float]]:
    """The share of each bin that the thread was on a core, and waited for one.

    A long run has thousands of spans: the picture has as many bins as it shows.
    """
    on_core: dict[int, float] = {}
    waiting: dict[int, float] = {}
    width = scale.bin_seconds
    for span in thread.spans:
        length = max(span.end - span.begin, 1e-12)
        first = min(scale.bins - 1, max(0, int(span.begin / width)))
        last = min(scale.bins - 1, max(first, math.ceil(span.end / width) - 1))
        for bin_ in range(first, last + 1):
            overlap = min(span.end, (bin_ + 1) * width) - max(span.begin, bin_ * width)
            share = min(1.0, max(0.0, overlap) / length) if last > first else 1.0
            if span.cpu > 0:
                on_core[bin_] = on_core.get(bin_, 0.0) + span.cpu * share / width
            if span.runnable > 0:
                waiting[bin_] = waiting.get(bin_, 0.0) + span.runnable * share / width
    return on_core, waiting


def _stretches(
    bins: dict[int, float], left: float, start: float, end: float, threshold: float = 0.0
) -> Iterator[tuple[float, float, float]]:
    """Neighbouring bins of like share as one: where it begins, where it ends, how opaque."""
    for group in _neighbours(sorted(bin_ for bin_, share in bins.items() if share > threshold)):
        begin = max(start, left + group[0] * BIN)
        until = min(end, left + (group[-1] + 1) * BIN)
        if until - begin <= ISOLATED:
            # A short wait that fills no bin would only hide what it led to.
            if threshold and max(bins[bin_] for bin_ in group) < 0.5:
                continue
            # Too short to be seen at its true size and depth.
            begin = max(start, min(begin, end - ISOLATED))
            yield begin, min(end, begin + ISOLATED), 0.9
            continue
        for stretch in _same([(bin_, _level(bins[bin_])) for bin_ in group]):
            yield (
                max(start, left + stretch[0][0] * BIN),
                min(end, left + (stretch[-1][0] + 1) * BIN),
                stretch[0][1],
            )


def _paths(
    stretches: Iterable[tuple[float, float, float]], box: tuple[float, float], attributes: str
) -> Iterator[str]:
    """All stretches of one depth as one path: a busy row has hundreds of them."""
    y, height = _n(box[0]), _n(box[1])
    drawn: dict[float, list[str]] = {}
    for begin, until, level in stretches:
        width = _n(until - begin)
        drawn.setdefault(level, []).append(f"M{_n(begin)} {y}h{width}v{height}h-{width}z")
    for level, parts in sorted(drawn.items()):
        yield f'<path {attributes} opacity="{_n(level)}" d="{"".join(parts)}"/>'


def _level(share: float) -> float:
    """Six depths of colour are told apart; the lightest is still seen."""
    return max(0.1, round(min(1.0, share) * 5) / 5)


def _neighbours(bins: list[int]) -> Iterator[list[int]]:
    group: list[int] = []
    for bin_ in bins:
        if group and bin_ != group[-1] + 1:
            yield group
            group = []
        group.append(bin_)
    if group:
        yield group


def _same(levels: list[tuple[int, float]]) -> Iterator[list[tuple[int, float]]]:
    for _, group in groupby(levels, key=lambda item: item[1]):
        yield list(group)


def ticks(wall: float) -> list[tuple[float, str]]:
    """Round times, between four and eight of them, with the unit that suits them."""
    if wall <= 0:
        return [(0.0, "0 s")]
    rough = wall / 7
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)
    unit, factor = ("s", 1.0) if wall >= 0.5 else ("ms", 1e3) if wall >= 0.0005 else ("µs", 1e6)
    decimals = max(0, -math.floor(math.log10(step * factor) + 1e-9))
    number = int(wall / step + 1e-9)
    times = [step * index for index in range(number + 1)]
    return [(time, f"{time * factor:.{decimals}f} {unit}") for time in times]


def line_time(time: float, wall: float) -> str:
    """A line's time, in seconds, or in milliseconds where the whole run takes few."""
    if wall >= 0.5:
        return f"{time:.3f} s"
    return f"{time * 1e3:.2f} ms" if wall >= 0.01 else f"{time * 1e3:.3f} ms"


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"
