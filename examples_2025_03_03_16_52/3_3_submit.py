"""The counterpart of 3_3_submit.cpp."""

import sys
import time
from concurrent.futures import Future, ProcessPoolExecutor, wait

from examples_2025_03_03_15_36.do_something import do_something
from examples_2025_03_03_15_36.print_line import print_line
from examples_2025_03_03_15_36.report_finished import report_finished
from examples_2025_03_03_16_52.name_worker import name_worker


def print_state(future: Future[str]) -> None:
    print_line(f"the future is {'ready' if future.done() else 'not ready'}")


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    start = time.perf_counter()

    with ProcessPoolExecutor(1, initializer=name_worker) as pool:
        future = pool.submit(do_something, 1.3)

        print_state(future)
        wait([future])
        print_state(future)
        print_line(future.result())

    report_finished(start)


if __name__ == "__main__":
    main()
