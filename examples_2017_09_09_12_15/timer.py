"""A stopwatch for wall time and CPU time."""

import resource
import time


class Timer:
    """Adds up the wall time and the CPU time that pass between start and stop.

    CPU time is that of the process, and of those of its children that it has waited for.
    """

    def __init__(self) -> None:
        self.reset()

    def start(self) -> None:
        if self._started is not None:
            raise RuntimeError("the timer was started, and is running")
        self._started = _now()

    def stop(self) -> None:
        if self._started is None:
            raise RuntimeError("the timer was not started")
        passed = zip(self._total, self._started, _now(), strict=True)
        self._total = tuple(total + (end - begin) for total, begin, end in passed)
        self._started = None

    def reset(self) -> None:
        self._started, self._total = None, (0.0, 0.0)

    def restart(self) -> None:
        self.reset()
        self.start()

    def report(self) -> str:
        cpu, wall = self._total
        return f"cpu : {cpu:.5f}\nwall: {wall:.5f}"


def _now() -> tuple[float, float]:
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    cpu = sum(usage.ru_utime + usage.ru_stime for usage in usages)
    return cpu, time.perf_counter()
