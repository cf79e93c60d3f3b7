"""The counterpart of own_lock.cpp: the lock is the interpreter's."""

import sys

from examples_2025_03_03_15_36.print_line import print_line
from examples_2025_03_03_17_26.gil.collatz import collatz_steps
from examples_2025_03_03_17_26.gil.one_and_two_threads import one_and_two_threads


def piece(thread: str) -> int:
    steps = 0
    for step in range(1, 5):
        steps += collatz_steps(5_000)
        print_line(f"{thread}: step {step} of 4")
    return steps


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    one_and_two_threads(piece)


if __name__ == "__main__":
    main()
