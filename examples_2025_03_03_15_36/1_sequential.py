"""The counterpart of 1_sequential.cpp."""

import sys
import time

from do_something import do_something
from print_line import print_line
from report_finished import report_finished


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    start = time.perf_counter()

    print_line(do_something(1))
    print_line(do_something(1))

    report_finished(start)


if __name__ == "__main__":
    main()
