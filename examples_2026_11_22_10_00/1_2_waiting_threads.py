"""The counterpart of 1_2_waiting_threads.cpp."""

import sys
import threading
import time

from examples_2025_03_03_15_36.print_line import print_line
from examples_2025_03_03_15_36.report_finished import report_finished
from examples_2026_11_22_10_00.voluntary_switches import voluntary_switches


def wait(number: int) -> None:
    before = voluntary_switches()
    time.sleep(0.5)
    switches = voluntary_switches() - before
    over = f"wait {number} is over"
    thread = threading.get_native_id()
    print_line(f"{over}: thread {thread} slept in the kernel {switches} time(s)")


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    start = time.perf_counter()
    print_line("ten waits begin")

    threads = []
    for number in range(1, 11):
        name = f"wait {number}"
        threads.append(threading.Thread(target=wait, args=[number], name=name))
        threads[-1].start()

    for thread in threads:
        thread.join()

    report_finished(start)


if __name__ == "__main__":
    main()
