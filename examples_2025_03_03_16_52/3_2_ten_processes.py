"""The counterpart of 3_2_ten_processes.cpp."""

import sys
import time

from examples_2017_09_09_12_16.process import Process
from examples_2025_03_03_15_36.do_something import do_something
from examples_2025_03_03_15_36.report_finished import report_finished


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    start = time.perf_counter()

    processes = []
    for number in range(1, 11):
        name = f"process {number}"
        processes.append(Process(target=do_something, args=[1.2], name=name))
        processes[-1].start()

    for process in processes:
        process.join()

    report_finished(start)


if __name__ == "__main__":
    main()
