"""The counterpart of map_or_not.cpp."""

import argparse
import multiprocessing
import sys
import time

from examples_2017_09_09_12_16.available_cores import available_cores
from examples_2025_03_03_15_36.print_line import print_line
from examples_2025_03_03_16_52.name_worker import name_worker
from examples_2025_03_03_17_26.fibonacci import fibonacci


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    options = map_options()

    start = time.perf_counter()
    numbers = list(map(fibonacci, range(options.count)))
    print_line(f"{'one core:':27} {time.perf_counter() - start:.3f} s")

    for chunk_size in options.chunks:
        start = time.perf_counter()
        with multiprocessing.Pool(options.workers, initializer=name_worker) as pool:
            first = None
            for i, number in enumerate(pool.imap(fibonacci, range(options.count), chunk_size)):
                if first is None:
                    first = time.perf_counter() - start
                if number != numbers[i]:
                    raise RuntimeError("a wrong number")
            all_of_them = time.perf_counter() - start
        what = f"{options.workers} workers, chunks of {chunk_size}:"
        print_line(f"{what:27} {all_of_them:.3f} s, the first after {first:.3f} s")

    sys.set_int_max_str_digits(0)
    digits = len(str(numbers[-1]))
    print_line(f"{len(numbers)} numbers, the last one with {digits} digits: the same each time")


def map_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--count",
        type=int,
        default=10_000,
        help="Number of Fibonacci numbers, from 0 on (default: 10000)",
    )
    parser.add_argument(
        "--workers",
        type=int,
        default=available_cores(),
        help="Number of processes in the pool (default: one for each core)",
    )
    parser.add_argument(
        "--chunks",
        type=chunk_sizes,
        default=(1, 10, 100, 1000),
        help="Chunk sizes, one run for each (default: 1,10,100,1000)",
    )
    return parser.parse_args()


def chunk_sizes(text: str) -> list[int]:
    return [int(word) for word in text.split(",")]


if __name__ == "__main__":
    main()
