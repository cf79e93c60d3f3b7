"""Scales and their ticks: where a value stands in a drawing, and the round values beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .figures import Unit, count

PREFIXES: dict[Unit, list[tuple[float, str]]] = {
    "seconds": [(1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")],
    "bytes": [(1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B")],
    "bytes_per_second": [(1e9, "GB/s"), (1e6, "MB/s"), (1e3, "kB/s"), (1.0, "B/s")],
}


@dataclass(frozen=True)
class Scale:
    """Maps the values from `first` to `last` to the places from `low` to `high`."""

    first: float
    last: float
    low: float
    high: float
    log: bool = False

    def __call__(self, value: float) -> float:
        share = (self._moved(value) - self._moved(self.first)) / (
            self._moved(self.last) - self._moved(self.first)
        )
        return self.low + (self.high - self.low) * share

    def clamped(self, value: float) -> float:
        """The place of a value that may lie beyond the scale, at its end."""
        return self(min(max(value, self.first), self.last))

    def _moved(self, value: float) -> float:
        return math.log10(value) if self.log else value


def round_step(reach: float, steps: int) -> float:
    """1, 2 or 5 times a power of ten: the least with which `steps` of it span the reach."""
    rough = reach / steps
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)


def even_ticks(first: float, last: float) -> list[float]:
    """Round numbers, four to eight of them, that enclose both."""
    step = round_step(last - first, 6)
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


def time_ticks(wall: float) -> list[tuple[float, str]]:
    """Round times within a run, between four and eight of them, all in the unit that suits it."""
    if wall <= 0:
        return [(0.0, "0 s")]
    step = round_step(wall, 7)
    unit, factor = ("s", 1.0) if wall >= 0.5 else ("ms", 1e3) if wall >= 0.0005 else ("µs", 1e6)
    decimals = max(0, -math.floor(math.log10(step * factor) + 1e-9))
    times = [step * index for index in range(int(wall / step + 1e-9) + 1)]
    return [(time, f"{time * factor:.{decimals}f} {unit}") for time in times]


def tick_label(value: float, unit: Unit, largest: float) -> str:
    """A round number, with the unit that suits it, or the scale's largest if it is 0."""
    if unit not in PREFIXES:
        if value >= 10_000 and value == int(value):
            return count(value)
        return f"{value:.10g}"
    size = abs(value) or abs(largest)
    units = PREFIXES[unit]
    factor, name = next((one for one in units if size >= one[0] * 0.9995), units[-1])
    return f"{value / factor:.4g} {name}"
