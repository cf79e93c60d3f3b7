"""The counterpart of released_lock.cpp: a hash function, written in C, that does both.

It releases the lock for texts of more than 2047 bytes.
"""

import hashlib
import sys

from examples_2025_03_03_15_36.print_line import print_line
from examples_2025_03_03_17_26.gil.one_and_two_threads import one_and_two_threads

SHORT = bytes(2_000)
LONG = bytes(40_000_000)


def keep(_thread: str) -> bytes:
    for _ in range(80_000):
        result = hashlib.sha256(SHORT).digest()
    return result


def release(_thread: str) -> bytes:
    for _ in range(4):
        result = hashlib.sha256(LONG).digest()
    return result


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    print_line("The lock is kept:")
    one_and_two_threads(keep)
    print_line("The lock is released:")
    one_and_two_threads(release)


if __name__ == "__main__":
    main()
