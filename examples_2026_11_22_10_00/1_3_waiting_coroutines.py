"""The counterpart of 1_3_waiting_coroutines.cpp."""

import asyncio
import sys
import threading
import time

from examples_2025_03_03_15_36.print_line import print_line
from examples_2025_03_03_15_36.report_finished import report_finished
from examples_2026_11_22_10_00.voluntary_switches import voluntary_switches


async def wait(number: int, over: list[tuple[int, int]]) -> None:
    await asyncio.sleep(0.5)
    over.append((number, threading.get_native_id()))


async def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    start = time.perf_counter()
    print_line("ten waits begin")

    over: list[tuple[int, int]] = []
    before = voluntary_switches()
    async with asyncio.TaskGroup() as group:
        for number in range(1, 11):
            group.create_task(wait(number, over))
    switches = voluntary_switches() - before

    for number, thread in over:
        print_line(f"wait {number} is over, on thread {thread}")
    thread = threading.get_native_id()
    print_line(f"thread {thread} slept in the kernel {switches} time(s), for all of them")
    report_finished(start)


if __name__ == "__main__":
    asyncio.run(main())
