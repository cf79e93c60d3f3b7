"""The counterpart of cpp_threads.cpp, with processes: each has an interpreter of its own."""

import sys
from concurrent.futures import ProcessPoolExecutor

from examples_2025_03_03_17_26.gil.collatz import collatz_steps
from examples_2025_03_03_17_26.gil.one_and_two_threads import one_and_two_threads


def piece(_process: str) -> int:
    return collatz_steps(20_000)


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    one_and_two_threads(piece, ProcessPoolExecutor)


if __name__ == "__main__":
    main()
