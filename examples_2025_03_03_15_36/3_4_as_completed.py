"""The counterpart of 3_4_as_completed.cpp."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

from examples_2025_03_03_15_36.do_something import do_something
from examples_2025_03_03_15_36.print_line import print_line
from examples_2025_03_03_15_36.report_finished import report_finished


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    start = time.perf_counter()

    with ThreadPoolExecutor(10, thread_name_prefix="worker") as pool:
        futures = [pool.submit(do_something, 1.4) for _ in range(10)]
        for future in as_completed(futures):
            print_line(future.result())

    report_finished(start)


if __name__ == "__main__":
    main()
