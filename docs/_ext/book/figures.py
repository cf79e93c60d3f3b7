"""A number with its unit, and how a page prints it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from .errors import BookError

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


def capital(text: str) -> str:
    """With a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


def percent(share: float) -> str:
    return f"{share * 100:.0f}{NBSP}%"
