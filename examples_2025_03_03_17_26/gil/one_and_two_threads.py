"""Two pieces of work on one thread, and then on two."""

import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor

from examples_2025_03_03_15_36.print_line import print_line


def one_and_two_threads(
    piece: Callable[[str], object], pool_of: Callable[[int], Executor] = ThreadPoolExecutor
) -> None:
    """Do two pieces of work on this thread, then one on each of two, and print the times.

    ``piece`` gets the name of its thread and returns its result.
    ``pool_of(2)`` makes the two threads, or whatever is to stand for them.
    """
    start = time.perf_counter()
    results = [piece("main"), piece("main")]
    one = time.perf_counter() - start
    print_line(f"one thread, both pieces: {one:.2f} second(s)")

    start = time.perf_counter()
    with pool_of(2) as pool:
        results += pool.map(piece, ["first", "second"])
    two = time.perf_counter() - start
    print_line(f"two threads, one each:   {two:.2f} second(s)")
    print_line(f"speed-up: {one / two:.2f}")

    if results != results[:1] * 4:
        raise ValueError("the pieces' results differ")
