"""The counterpart of 4_2_cancellation.cpp."""

import asyncio
import sys
import time

from examples_2025_03_03_15_36.print_line import print_line
from examples_2025_03_03_15_36.report_finished import report_finished


async def wait_for_news() -> None:
    try:
        print_line("the task waits for news")
        await asyncio.sleep(3600)
    except asyncio.CancelledError:
        print_line("the task's wait fails: it says goodbye")
        await asyncio.sleep(0.1)
        print_line("goodbye is said")
        raise
    finally:
        print_line("the connection is closed")


async def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    start = time.perf_counter()

    task = asyncio.create_task(wait_for_news())
    await asyncio.sleep(0.3)
    print_line("cancelling the task")
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print_line("the task was cancelled")

    report_finished(start)


if __name__ == "__main__":
    asyncio.run(main())
