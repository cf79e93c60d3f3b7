"""The last line of every program of the chapter."""

import time

from examples_2025_03_03_15_36.print_line import print_line


def report_finished(start: float) -> None:
    """Print how long the program took: the time since ``start``, in seconds.

    ``start`` is a reading of :func:`time.perf_counter`.
    """
    taken = time.perf_counter() - start
    print_line(f"the program finished after {taken:.2f} second(s)")
