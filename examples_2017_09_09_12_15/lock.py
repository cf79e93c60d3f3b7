"""The counterpart of lock.cpp."""

import random
import sys
import threading
import time
from collections import Counter
from contextlib import nullcontext

from examples_2025_03_03_15_36.print_line import print_line

TRIALS = 1000

x = 0


def change_x(by: int, x_lock, pause: bool) -> None:
    global x
    with x_lock:
        read = x
        if pause:
            time.sleep(0.0001)
        x = read + by


def count_outcomes(what: str, first_lock, second_lock) -> None:
    outcomes = Counter()

    def count() -> None:
        global x
        outcomes[x] += 1
        x = 0

    # A trial is over when both have changed x; then both begin the next one.
    both = threading.Barrier(2, action=count)

    def change_often(by: int, x_lock) -> None:
        # In half of the trials it pauses where that does most harm.
        pause = random.Random(by)
        for _ in range(TRIALS):
            change_x(by, x_lock, pause.random() < 0.5)
            both.wait()

    first = threading.Thread(target=change_often, args=(1, first_lock), name="add 1")
    second = threading.Thread(target=change_often, args=(-2, second_lock), name="subtract 2")
    first.start()
    second.start()
    first.join()
    second.join()
    for outcome, count in sorted(outcomes.items()):
        print_line(f"{what}: x is {outcome} in {count} of {TRIALS} trials")


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    one, other = threading.Lock(), threading.Lock()
    count_outcomes("no lock", nullcontext(), nullcontext())
    count_outcomes("a lock for each", one, other)
    count_outcomes("one lock", one, one)


if __name__ == "__main__":
    main()
