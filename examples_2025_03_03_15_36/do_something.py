"""The stand-in for work that waits: a call that sleeps."""

import time

from examples_2025_03_03_15_36.print_line import print_line


def do_something(duration: float) -> str:
    """Say that it starts to sleep, sleep for ``duration`` seconds, and say it back."""
    print_line(f"starting to sleep for {duration:g} second(s)")
    time.sleep(duration)
    return f"slept for {duration:g} second(s)"
