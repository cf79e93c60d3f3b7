"""The counterpart of 3_3_submit.cpp."""

import sys
import time
from concurrent.futures import Future, ProcessPoolExecutor, wait

import earlier_folders  # noqa: F401
from do_something import do_something
from name_worker import name_worker
from print_line import print_line
from report_finished import report_finished


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
