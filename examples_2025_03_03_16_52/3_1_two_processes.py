"""The counterpart of 3_1_two_processes.cpp."""

import sys
import time

from examples_2017_09_09_12_16.process import Process
from examples_2025_03_03_15_36.do_something import do_something
from examples_2025_03_03_15_36.report_finished import report_finished


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
