"""A figure as it was recorded, and what a page tells its reader of it."""

from __future__ import annotations

from dataclasses import dataclass

from .figures import Figure, Unit, capital


@dataclass(frozen=True)
class RecordedFigure:
    """A figure as it was recorded.

    `value` is None where this machine could not measure it; `reason` then says why.
    `low` and `high` are the quartiles of its rounds, of which it is the median. A fact,
    such as a version or a limit, has none; and what one run shows has no rounds.
    """

    words: str  # what it is, for a reader
    source: str  # the file that it comes from
    unit: Unit
    value: float | str | None
    low: float | None = None
    high: float | None = None
    rounds: int = 0
    reason: str = ""
    form: str = ""  # of its measurement
    busy_share: float | None = None  # of all cores, by other programs, during its measurement
    waited: float = 0.0  # seconds for which the threads of its run waited for a core

    @property
    def measured(self) -> bool:
        return self.value is not None

    @property
    def text(self) -> str:
        """As a page prints it, or that it was not measured."""
        if self.value is None:
            return f"(not measured: {self.reason})"
        return self.value if isinstance(self.value, str) else str(Figure(self.value, self.unit))

    @property
    def spread_text(self) -> str:
        """Between what the middle half of its rounds lies; empty without rounds."""
        if self.low is None or self.high is None:
            return ""
        return f"{Figure(self.low, self.unit)} to {Figure(self.high, self.unit)}"


def tip_lines(figure: RecordedFigure) -> list[str]:
    """What a figure is, how it was measured, and where it comes from."""
    first = f"{capital(figure.words)}: {figure.text.strip('()')}"
    return [first, f"{how_measured(figure)}from {figure.source}"]


def how_measured(figure: RecordedFigure) -> str:
    """Its rounds and its form, each with a comma after it."""
    parts = []
    if figure.rounds == 1:
        parts.append("one round")
    elif figure.rounds:
        parts.append(f"median of {figure.rounds} rounds")
        if figure.low is not None and figure.high is not None:
            parts.append(f"their middle half from {figure.spread_text}")
    elif figure.source.startswith("recording "):
        parts.append("one run")
    if figure.form and figure.rounds:
        parts.append(f"{figure.form} form")
    return "".join(f"{part}, " for part in parts)
