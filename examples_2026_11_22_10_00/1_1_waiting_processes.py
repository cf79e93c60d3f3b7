"""The counterpart of 1_1_waiting_processes.cpp."""

import os
import sys
import time

from examples_2017_09_09_12_16.process import Process
from examples_2025_03_03_15_36.print_line import print_line
from examples_2025_03_03_15_36.report_finished import report_finished
from examples_2026_11_22_10_00.voluntary_switches import voluntary_switches


def wait(number: int) -> None:
    before = voluntary_switches()
    time.sleep(0.5)
    switches = voluntary_switches() - before
    over = f"wait {number} is over"
    print_line(f"{over}: process {os.getpid()} slept in the kernel {switches} time(s)")


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    start = time.perf_counter()
    print_line("ten waits begin")

    processes = []
    for number in range(1, 11):
        processes.append(Process(target=wait, args=[number], name=f"wait {number}"))
        processes[-1].start()

    for process in processes:
        process.join()

    report_finished(start)


if __name__ == "__main__":
    main()
