"""The counterpart of pitfall_3_too_much_data.cpp."""

import multiprocessing
import sys
import time
from collections.abc import Callable, Iterable
from mmap import mmap

import numpy

from examples_2025_03_03_15_36.print_line import print_line
from examples_2025_03_03_16_52.name_worker import name_worker

PARTS = 8
PART_SIZE = 1 << 20

memory = mmap(-1, 4 * PARTS * PART_SIZE)  # made before the pool: its workers have it
shared = numpy.frombuffer(memory, numpy.uint32)


def make_part(part: int) -> numpy.ndarray:
    first = part * PART_SIZE
    return numpy.arange(first, first + PART_SIZE, dtype=numpy.uint32) * numpy.uint32(2_654_435_761)


def add_up(numbers: numpy.ndarray) -> int:
    return int(numbers.sum(dtype=numpy.uint64))


def sum_of_described(part: int) -> int:
    return add_up(make_part(part))


def sum_of_shared(part: int) -> int:
    return add_up(shared[part * PART_SIZE :][:PART_SIZE])


def run(pool: multiprocessing.Pool, way: str, function: Callable, inputs: Iterable) -> int:
    start = time.perf_counter()
    total = sum(pool.imap_unordered(function, inputs))
    print_line(f"{way:11} {time.perf_counter() - start:.3f} s")
    return total


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    data = [make_part(part) for part in range(PARTS)]
    with multiprocessing.Pool(2, initializer=name_worker) as pool:
        shared[:] = numpy.concatenate(data)  # written after that, and still seen

        total = run(pool, "sent:", add_up, data)
        for way, function in (("described:", sum_of_described), ("shared:", sum_of_shared)):
            if run(pool, way, function, range(PARTS)) != total:
                raise RuntimeError("the sums differ")
    print_line(f"the sum is {total} each time")


if __name__ == "__main__":
    main()
