"""The counterpart of python_threads.cpp."""

import sys

from examples_2025_03_03_17_26.gil.collatz import collatz_steps
from examples_2025_03_03_17_26.gil.one_and_two_threads import one_and_two_threads


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    sys.setswitchinterval(0.02)  # four times the usual, for the timeline
    one_and_two_threads(lambda _thread: collatz_steps(20_000))


if __name__ == "__main__":
    main()
