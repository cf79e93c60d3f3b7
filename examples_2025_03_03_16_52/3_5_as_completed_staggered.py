"""The counterpart of 3_5_as_completed_staggered.cpp."""

import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed

from examples_2025_03_03_15_36.do_something import do_something
from examples_2025_03_03_15_36.print_line import print_line
from examples_2025_03_03_15_36.report_finished import report_finished
from examples_2025_03_03_16_52.name_worker import name_worker


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    start = time.perf_counter()

    with ProcessPoolExecutor(4, initializer=name_worker) as pool:
        futures = [pool.submit(do_something, seconds) for seconds in (5, 4, 3, 2, 1)]
        for future in as_completed(futures):
            print_line(future.result())

    report_finished(start)


if __name__ == "__main__":
    main()
