"""When a thread was on a core and when it waited for one, as stretches of a timeline's row.

A long run has thousands of spans: they are summed up in as many bins as the picture shows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import groupby

from .recording import Thread
from .scales import Scale
from .svg import number

BIN = 1.5  # what happened within this many units is drawn as one
ISOLATED = 3.0  # a shorter stretch on a core is widened to this, and drawn strong
WAITING = 0.15  # the share of a bin spent waiting for a core from which it is hatched


def binned(thread: Thread, scale: Scale) -> tuple[dict[int, float], dict[int, float]]:
    """The share of each bin that the thread was on a core, and waited for one."""
    on_core: dict[int, float] = {}
    waiting: dict[int, float] = {}
    bins = math.ceil((scale.high - scale.low) / BIN)
    width = scale.last * BIN / (scale.high - scale.low)
    for span in thread.spans:
        length = max(span.end - span.begin, 1e-12)
        first = min(bins - 1, max(0, int(span.begin / width)))
        last = min(bins - 1, max(first, math.ceil(span.end / width) - 1))
        for bin_ in range(first, last + 1):
            overlap = min(span.end, (bin_ + 1) * width) - max(span.begin, bin_ * width)
            share = min(1.0, max(0.0, overlap) / length) if last > first else 1.0
            if span.cpu > 0:
                on_core[bin_] = on_core.get(bin_, 0.0) + span.cpu * share / width
            if span.runnable > 0:
                waiting[bin_] = waiting.get(bin_, 0.0) + span.runnable * share / width
    return on_core, waiting


def stretches(
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


def paths(
    drawn: Iterable[tuple[float, float, float]], box: tuple[float, float], attributes: str
) -> Iterator[str]:
    """All stretches of one depth as one path: a busy row has hundreds of them."""
    y, height = number(box[0]), number(box[1])
    by_level: dict[float, list[str]] = {}
    for begin, until, level in drawn:
        width = number(until - begin)
        by_level.setdefault(level, []).append(f"M{number(begin)} {y}h{width}v{height}h-{width}z")
    for level, parts in sorted(by_level.items()):
        yield f'<path {attributes} opacity="{number(level)}" d="{"".join(parts)}"/>'


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
