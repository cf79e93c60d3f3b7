"""The counterpart of 3_1_two_threads.cpp."""

import sys
import threading
import time

from examples_2025_03_03_15_36.do_something import do_something
from examples_2025_03_03_15_36.report_finished import report_finished


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    start = time.perf_counter()

    first = threading.Thread(target=do_something, args=[1.1], name="first")
    second = threading.Thread(target=do_something, args=[1.1], name="second")
    first.start()
    second.start()

    first.join()
    second.join()

    report_finished(start)


if __name__ == "__main__":
    main()
