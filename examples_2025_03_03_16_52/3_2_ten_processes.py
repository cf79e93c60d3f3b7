"""The counterpart of 3_2_ten_processes.cpp."""

import sys
import time

import earlier_folders  # noqa: F401
from do_something import do_something
from process import Process
from report_finished import report_finished


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
