"""Values with their dimensions and spread, and arithmetic with them."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..errors import BookError
from ..figures import Figure, Unit, count
from ..recorded_figure import RecordedFigure


class NotMeasured(Exception):
    """What the claim needs has no value here; says why."""


@dataclass(frozen=True)
class Dimension:
    """Powers of the second and of the byte; a plain number suits each."""

    seconds: int = 0
    bytes: int = 0
    plain: bool = False

    def __str__(self) -> str:
        if self.seconds == self.bytes == 0:
            return "a number"
        parts = [
            name if power == 1 else f"{name}^{power}"
            for name, power in (("seconds", self.seconds), ("bytes", self.bytes))
            if power
        ]
        return "·".join(parts)


PLAIN = Dimension(plain=True)
DIMENSIONS: dict[Unit, Dimension] = {
    "seconds": Dimension(seconds=1),
    "bytes": Dimension(bytes=1),
    "per_second": Dimension(seconds=-1),
    "bytes_per_second": Dimension(seconds=-1, bytes=1),
}


@dataclass(frozen=True)
class Quantity:
    """A value, and between what it lies where its figures lie between their quartiles."""

    value: float
    low: float
    high: float
    dimension: Dimension

    def __str__(self) -> str:
        return quantity_text(self.value, self.dimension)


def quantity_text(value: float, dimension: Dimension) -> str:
    """With the unit that suits it; without one, three digits."""
    if value == 0:
        return "0"
    if math.isfinite(value):
        for unit, one in DIMENSIONS.items():
            if (dimension.seconds, dimension.bytes) == (one.seconds, one.bytes):
                return str(Figure(value, unit))
        if dimension.seconds == dimension.bytes == 0 and value == int(value) and abs(value) >= 1:
            return count(value)
    text = f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    return text.replace("-", "\N{MINUS SIGN}")


def quantity_of(figure: RecordedFigure) -> Quantity:
    """A figure between its quartiles; one that was not measured raises NotMeasured."""
    if figure.value is None:
        raise NotMeasured(f"it needs the {figure.words}, which was not measured: {figure.reason}")
    if isinstance(figure.value, str):
        raise BookError(f"{figure.words} is no number: {figure.value}")
    value = float(figure.value)
    low = value if figure.low is None else figure.low
    high = value if figure.high is None else figure.high
    return Quantity(value, low, high, DIMENSIONS.get(figure.unit, Dimension()))


def common_dimension(left: Dimension, right: Dimension, sign: str) -> Dimension:
    """That of both; a plain number suits each, and two that differ are an error."""
    if left.plain:
        return right
    if right.plain or left == right:
        return left
    raise BookError(f"{left} and {right} stand on the two sides of “{sign}”")


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def compute(sign: str, left: Quantity, right: Quantity) -> Quantity:
    if sign in "+-":
        dimension = common_dimension(left.dimension, right.dimension, sign)
    else:
        turn = 1 if sign == "*" else -1
        dimension = Dimension(
            left.dimension.seconds + turn * right.dimension.seconds,
            left.dimension.bytes + turn * right.dimension.bytes,
            left.dimension.plain and right.dimension.plain,
        )
    arithmetic = _ARITHMETIC[sign]
    if sign == "/" and right.value == 0:
        raise NotMeasured("it needs a ratio to what is 0 here")
    value = arithmetic(left.value, right.value)
    if sign == "/" and right.low <= 0 <= right.high:
        return Quantity(value, -math.inf, math.inf, dimension)
    corners = [arithmetic(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
    return Quantity(value, min(corners), max(corners), dimension)


def choose(function: str, of: Sequence[Quantity]) -> Quantity:
    """The largest ("max") or the smallest of several."""
    pick = max if function == "max" else min
    dimension = of[0].dimension
    for one in of[1:]:
        dimension = common_dimension(dimension, one.dimension, function)
    return Quantity(
        pick(one.value for one in of),
        pick(one.low for one in of),
        pick(one.high for one in of),
        dimension,
    )
