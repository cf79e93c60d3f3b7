"""How busy the cores are."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

# Beside a share above this one, the start of more programs would show in their times.
BUSY = 0.5
# The kernel counts in hundredths of a second: a shorter look would be all or nothing.
SECONDS_OF_A_LOOK = 0.2


def at_once(facts: Mapping[str, Any]) -> int:
    """How many recordings of programs that only sleep can be made at once.

    What they do before they sleep takes a core. So there are three for each core, and one
    where a quota leaves less than a third.
    """
    cores = float(facts.get("cores") or 1)
    quota = facts.get("cpu_quota")
    if isinstance(quota, int | float):
        cores = min(cores, quota)
    return max(1, min(8, int(3 * cores)))


class Load:
    """Looks at the share of the allowed cores' time that was used since a moment."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self.since = time.monotonic()
        self.before = _busy_and_all()

    def is_low(self) -> bool:
        """Whether the cores were idle enough lately; not before there was time to look."""
        if time.monotonic() - self.since < SECONDS_OF_A_LOOK:
            return False
        before = self.before
        self.begin()
        busy, everything = (now - then for now, then in zip(self.before, before, strict=True))
        return everything > 0 and busy / everything < BUSY


def _busy_and_all() -> tuple[int, int]:
    """Ticks of the cores that this process may use, busy ones and all."""
    allowed = {f"cpu{core}" for core in os.sched_getaffinity(0)}
    busy = everything = 0
    with open("/proc/stat") as stat:
        for line in stat:
            name, *ticks = line.split()
            if name in allowed:
                # user nice system idle iowait irq softirq steal; guests are in user and nice
                counted = [int(number) for number in ticks[:8]]
                everything += sum(counted)
                busy += sum(counted) - sum(counted[3:5])
    return busy, everything
