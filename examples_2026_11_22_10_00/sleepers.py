"""What the counterparts with sleeping tasks share: options, lengths, and a report."""

import argparse
import resource
import time
from pathlib import Path

from examples_2025_03_03_15_36.print_line import print_line

_TWO_TO_THE_32ND = 2**32


class Sleepers:
    """A number of tasks that sleep at the same time, and what they cost."""

    def __init__(self, kind: str) -> None:
        parser = argparse.ArgumentParser()
        parser.add_argument("--tasks", type=int, default=10, help="Number of tasks (default: 10)")
        parser.add_argument(
            "--seconds",
            type=float,
            default=1,
            help="Seconds that the shortest sleep takes (default: 1)",
        )
        parser.add_argument(
            "--spread",
            type=float,
            default=0.1,
            help="Seconds by which the longest sleep is longer (default: 0.1)",
        )
        parser.add_argument(
            "--durations",
            type=int,
            default=_TWO_TO_THE_32ND,
            help="Number of different lengths of sleep",
        )
        options = parser.parse_args()
        self.kind, self.tasks, self.durations = kind, options.tasks, options.durations
        self.seconds, self.spread = options.seconds, options.spread
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2
        )
        self.before = self._memory("VmRSS")
        self.start, self.cpu = time.perf_counter(), _cpu_seconds()

    def length_of(self, task: int) -> float:
        """How long a task sleeps."""
        number = task * 2654435761 % _TWO_TO_THE_32ND * self.durations // _TWO_TO_THE_32ND
        return self.seconds + self.spread * number / self.durations

    def created(self, asleep: int) -> None:
        """Says that all tasks were created, and looks at what they take."""
        print_line(
            f"{self.tasks} {self.kind} created after {self._passed():.3f} s, "
            f"{asleep} of them asleep at once"
        )
        self.taken = self._memory("VmHWM")

    def woken(self, woken: int) -> None:
        """Says that all tasks have ended, and what each has cost."""
        cpu = _cpu_seconds() - self.cpu
        print_line(f"{woken} woken after {self._passed():.3f} s, with {cpu:.6f} s of CPU time")
        if self.kind == "coroutines":
            self.taken = self._memory("VmHWM")
        each = [
            max(taken - before, 0) // self.tasks
            for before, taken in zip(self.before, self.taken, strict=True)
        ]
        print_line(f"{sum(each)} bytes of memory each")
        if self.kind != "coroutines":
            pages, tables, stacks, records = each
            print_line(
                f"{pages} in pages, {tables} in page tables, "
                f"{stacks} in kernel stacks, {records} in records"
            )

    def _passed(self) -> float:
        return time.perf_counter() - self.start

    def _memory(self, name: str) -> list[int]:
        """That of this process for coroutines, else that of the whole machine."""
        if self.kind == "coroutines":
            return [_bytes("/proc/self/status", name)]
        names = ("AnonPages", "PageTables", "KernelStack", "Slab")
        return [_bytes("/proc/meminfo", name) for name in names]


def _bytes(file: str, name: str) -> int:
    lines = Path(file).read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def _cpu_seconds() -> float:
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
