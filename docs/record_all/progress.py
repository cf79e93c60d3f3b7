"""Says what is done, what is left, and about how long it will take."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import TextIO

# In a log: seldom enough to be read, often enough to be seen alive.
SECONDS_BETWEEN_LINES = 20.0
SECONDS_BETWEEN_UPDATES = 0.5


class Progress:
    """One line that is kept up to date on a terminal; elsewhere, a line now and then.

    :param total: how many recordings are to be made.
    :param now: a clock, in seconds.
    """

    def __init__(
        self, stream: TextIO, total: int, now: Callable[[], float] = time.monotonic
    ) -> None:
        self.stream = stream
        self.total = total
        self.now = now
        self.on_terminal = stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self.last: float | None = None
        self.done = 0

    def show(self, running: Sequence[str], seconds_left: float, must: bool = False) -> None:
        """Show how far it is, unless that was just done."""
        between = SECONDS_BETWEEN_UPDATES if self.on_terminal else SECONDS_BETWEEN_LINES
        if not must and self.last is not None and self.now() - self.last < between:
            return
        self.last = self.now()
        text = f"[{self.done}/{self.total}] {duration(seconds_left)} left"
        if running:
            text += f": recording {running[0]}"
            if len(running) > 1:
                text += f" and {len(running) - 1} more"
        if self.on_terminal:
            self.stream.write(f"\r{text[: self._width() - 1]}\x1b[K")
        else:
            self.stream.write(text + "\n")
        self.stream.flush()

    def say(self, text: str) -> None:
        """Print lines that stay."""
        if self.on_terminal:
            self.stream.write("\r\x1b[K")
        self.stream.write(text + "\n")
        self.stream.flush()
        if self.on_terminal:
            self.last = None  # the line is to be written again

    def _width(self) -> int:
        try:
            return os.get_terminal_size(self.stream.fileno()).columns or 80
        except OSError:
            return 80


def duration(seconds: float) -> str:
    """A time as it is said: no more exact than an estimate is."""
    if seconds < 10:
        return "a few seconds"
    if seconds < 60:
        return f"about {round(seconds / 10) * 10} s"
    if seconds < 600:
        minutes, rest = divmod(round(seconds / 10) * 10, 60)
        return f"about {minutes} min" + (f" {rest} s" if rest else "")
    return f"about {round(seconds / 60)} min"


class Estimate:
    """How long what is left will take, by what each part took before or is thought to take.

    :param expected: seconds by the name of the part.
    :param side_by_side: those that run at the same time, so many of them.
    """

    def __init__(self, expected: dict[str, float], side_by_side: set[str], at_once: int) -> None:
        self.expected = expected
        self.side_by_side = side_by_side
        self.at_once = at_once
        # By whether they run beside others: what was expected so far, and what it took. As
        # if ten seconds had been as expected: the first few say little.
        self.so_far = {True: (10.0, 10.0), False: (10.0, 10.0)}

    def ended(self, name: str, seconds: float) -> None:
        beside = name in self.side_by_side
        expected, took = self.so_far[beside]
        self.so_far[beside] = expected + self.expected.pop(name), took + seconds

    def left(self, running: dict[str, float]) -> float:
        """Seconds left.

        :param running: for how long each part that runs has.
        """
        alone, beside = 0.0, [0.0]
        for name, seconds in self.expected.items():
            is_beside = name in self.side_by_side
            expected, took = self.so_far[is_beside]
            rest = seconds * took / expected - running.get(name, 0.0)
            rest = max(rest, 1.0 if name in running else 0.0)
            if is_beside:
                beside.append(rest)
            else:
                alone += rest
        return alone + max(sum(beside) / self.at_once, *beside)
