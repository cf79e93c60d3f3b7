"""The counterpart of what_it_protects.cpp."""

import sys
import threading
import time

from examples_2025_03_03_15_36.print_line import print_line

TIMES = 50_000
BOTH = 2 * TIMES

items, counter, lock = [], 0, threading.Lock()


def append() -> None:
    for _ in range(TIMES):
        items.append("x")


def plus_one(number: int) -> int:
    return number + 1


def add() -> None:
    global counter
    for _ in range(TIMES):
        counter = plus_one(counter)


def add_under_lock() -> None:
    global counter
    for _ in range(TIMES):
        with lock:
            counter = plus_one(counter)


def run_on_two_threads(function) -> None:
    threads = [threading.Thread(target=function, name=name) for name in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def count_to(function) -> int:
    global counter
    counter = 0
    run_on_two_threads(function)
    return counter


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    sys.setswitchinterval(1e-6)  # as short as can be, so that it happens soon

    run_on_two_threads(append)
    print_line(f"appended to a list: {len(items)} of {BOTH}")

    deadline = time.monotonic() + 120
    counted = BOTH  # it may go well, and mostly does not
    while counted == BOTH and time.monotonic() < deadline:
        counted = count_to(add)
    print_line(f"added to a counter: {counted} of {BOTH}")

    print_line(f"added under a lock: {count_to(add_under_lock)} of {BOTH}")


if __name__ == "__main__":
    main()
