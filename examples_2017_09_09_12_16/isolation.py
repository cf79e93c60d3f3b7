"""The counterpart of isolation.cpp."""

import signal
import sys
import threading

from examples_2017_09_09_12_16.process import Process
from examples_2025_03_03_15_36.print_line import print_line

number = 0


def write_one(writer: str) -> None:
    global number
    number = 1
    print_line(f"a {writer} writes {number}")


def crash(who: str) -> None:
    print_line(f"a {who} is about to crash")
    signal.raise_signal(signal.SIGSEGV)


def crash_in_a_thread() -> None:
    thread = threading.Thread(target=crash, args=["thread of a child"], name="thread")
    thread.start()
    thread.join()
    print_line("this line is never printed")


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)

    writing = Process(name="writing", target=write_one, args=["child"])
    writing.start()
    writing.join()
    print_line(f"main reads {number}")

    crashing = Process(name="crashing", target=crash, args=["child"])
    crashing.start()
    crashing.join()
    print_line(f"its exit code is {crashing.exitcode}")

    threaded = Process(name="threaded", target=crash_in_a_thread)
    threaded.start()
    threaded.join()
    print_line(f"its exit code is {threaded.exitcode}")

    thread = threading.Thread(target=write_one, args=["thread"], name="thread")
    thread.start()
    thread.join()
    print_line(f"main reads {number}")


if __name__ == "__main__":
    main()
