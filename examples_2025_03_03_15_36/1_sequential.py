"""The counterpart of 1_sequential.cpp."""

import sys
import time

from examples_2025_03_03_15_36.do_something import do_something
from examples_2025_03_03_15_36.print_line import print_line
from examples_2025_03_03_15_36.report_finished import report_finished


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    start = time.perf_counter()

    print_line(do_something(1))
    print_line(do_something(1))

    report_finished(start)


if __name__ == "__main__":
    main()
