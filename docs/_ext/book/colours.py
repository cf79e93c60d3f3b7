"""The colours of lanes and of lines, as classes of book.css."""

from __future__ import annotations

from collections.abc import Sequence

COLOURS = 10  # so many book.css has; what comes after them takes them again
NEUTRAL = "lane-none"


def colour_class(index: int) -> str:
    """The class that carries the colour of the lane or line of this index."""
    return f"lane-{index % COLOURS + 1}"


def lane_class(lane: str | None, lanes: Sequence[str]) -> str:
    """The class that carries a lane's colour; neutral for what is in none of these lanes."""
    if lane is None or lane not in lanes:
        return NEUTRAL
    return colour_class(lanes.index(lane))
