"""The counterpart of isolation.cpp."""

import signal
import sys
import threading

from print_line import print_line
from process import Process

number = 0


def write(writer: str) -> None:
    global number
    number = 1
    print_line(f"the {writer} writes {number}")


def crash() -> None:
    signal.raise_signal(signal.SIGSEGV)


def crash_a_thread() -> None:
    print_line("a thread of the second child is about to crash")
    thread = threading.Thread(target=crash)
    thread.start()
    thread.join()
    print_line("this line is never printed")


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)

    writes = Process(name="writes", target=write, args=["child"])
    writes.start()
    writes.join()
    print_line(f"main reads {number}")

    crashes = Process(name="crashes", target=crash)
    crashes.start()
    crashes.join()
    print_line(f"a child crashed: exit code {crashes.exitcode}")

    second = Process(name="second", target=crash_a_thread)
    second.start()
    second.join()
    print_line(f"the second child crashed with it: exit code {second.exitcode}")

    thread = threading.Thread(target=write, args=["thread"])
    thread.start()
    thread.join()
    print_line(f"main reads {number}")


if __name__ == "__main__":
    main()
