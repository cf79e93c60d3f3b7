"""The counterpart of guarded.cpp: a lock beside its data, and nothing holds them together."""

import sys
import threading

from examples_2025_03_03_15_36.print_line import print_line

one = other = 1_000  # together always 2000
lock = threading.Lock()


def move_money(units: int, thread: str) -> None:
    global one, other
    for _ in range(10_000):
        with lock:
            one -= units
            other += units
    print_line(f"{thread} has moved {units} unit 10000 times")


def audit() -> None:
    right = 0
    for _ in range(10_000):
        with lock:
            right += one + other == 2_000
    print_line(f"auditor has added up {right} times, and found 2000 each time")


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    threads = [
        threading.Thread(target=move_money, args=[1, "first"], name="first"),
        threading.Thread(target=move_money, args=[-1, "second"], name="second"),
        threading.Thread(target=audit, name="auditor"),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print_line(f"{one} and {other} are left")


if __name__ == "__main__":
    main()
