"""Whole lines, for programs in which several threads or processes print."""

import sys


def print_line(line: str) -> None:
    """Print a line in one piece, text and end of line together.

    ``print`` may hand over the two one after the other, and a line of another
    thread or process may come between them.
    """
    sys.stdout.write(f"{line}\n")
