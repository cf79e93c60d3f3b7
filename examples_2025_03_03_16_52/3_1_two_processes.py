"""The counterpart of 3_1_two_processes.cpp."""

import sys
import time

import earlier_folders  # noqa: F401
from do_something import do_something
from process import Process
from report_finished import report_finished


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    start = time.perf_counter()

    first = Process(target=do_something, args=[1.1], name="first")
    second = Process(target=do_something, args=[1.1], name="second")
    first.start()
    second.start()

    first.join()
    second.join()

    report_finished(start)


if __name__ == "__main__":
    main()
