"""The counterpart of 3_2_ten_threads.cpp."""

import sys
import threading
import time

from examples_2025_03_03_15_36.do_something import do_something
from examples_2025_03_03_15_36.report_finished import report_finished


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    start = time.perf_counter()

    threads = []
    for number in range(1, 11):
        name = f"thread {number}"
        threads.append(threading.Thread(target=do_something, args=[1.2], name=name))
        threads[-1].start()

    for thread in threads:
        thread.join()

    report_finished(start)


if __name__ == "__main__":
    main()
