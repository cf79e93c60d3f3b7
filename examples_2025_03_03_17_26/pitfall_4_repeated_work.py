"""The counterpart of pitfall_4_repeated_work.cpp."""

import multiprocessing
import sys
import time
from collections.abc import Callable

from examples_2025_03_03_15_36.print_line import print_line
from examples_2025_03_03_16_52.name_worker import name_worker

COUNT = 5000


def fibonacci_range(limits: tuple[int, int]) -> tuple[list[int], int]:
    """The numbers from the first to before the last, and how many additions they took."""
    first, last = limits
    numbers = []
    additions = 0
    a, b = 0, 1
    for n in range(last):
        if n >= first:
            numbers.append(a)
        if n + 1 < last:
            a, b = b, a + b
            additions += 1
    return numbers, additions


def in_pool(range_size: int, chunk_size: int) -> tuple[list[int], int]:
    ranges = [(first, first + range_size) for first in range(0, COUNT, range_size)]
    numbers = []
    additions = 0
    with multiprocessing.Pool(2, initializer=name_worker) as pool:
        for part, steps in pool.imap(fibonacci_range, ranges, chunk_size):
            numbers += part
            additions += steps
    return numbers, additions


def run(way: str, action: Callable[[], tuple[list[int], int]]) -> list[int]:
    start = time.perf_counter()
    numbers, additions = action()
    taken = time.perf_counter() - start
    print_line(f"{way:25} {additions:10} additions, {taken:.3f} s")
    return numbers


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    numbers = run("a call for each number:", lambda: in_pool(1, 50))
    others = (
        run("a call for each 500:", lambda: in_pool(500, 1)),
        run("one loop, without a pool:", lambda: fibonacci_range((0, COUNT))),
    )
    if any(other != numbers for other in others):
        raise RuntimeError("the numbers differ")
    print_line("the numbers are the same each time")


if __name__ == "__main__":
    main()
