"""The counterpart of 3_6_map.cpp."""

import sys
import time
from concurrent.futures import ProcessPoolExecutor

import earlier_folders  # noqa: F401
from do_something import do_something
from name_worker import name_worker
from print_line import print_line
from report_finished import report_finished


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    start = time.perf_counter()

    with ProcessPoolExecutor(4, initializer=name_worker) as pool:
        for result in pool.map(do_something, (5, 4, 3, 2, 1)):
            print_line(result)

    report_finished(start)


if __name__ == "__main__":
    main()
