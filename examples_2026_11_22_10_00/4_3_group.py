"""The counterpart of 4_3_group.cpp."""

import asyncio
import sys
import time

from examples_2025_03_03_15_36.print_line import print_line
from examples_2025_03_03_15_36.report_finished import report_finished


async def ask(server: str, delay: float) -> None:
    print_line(f"asking the {server} server")
    try:
        await asyncio.sleep(delay)
    except asyncio.CancelledError:
        print_line(f"the question to the {server} server is given up")
        raise
    if server == "second":
        print_line("the second server fails")
        raise RuntimeError("the second server is out of order")
    print_line(f"the {server} server answers")


async def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    start = time.perf_counter()

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(ask("first", 0.1))
            group.create_task(ask("second", 0.3))
            group.create_task(ask("third", 3600))
    except* RuntimeError as failed:
        for error in failed.exceptions:
            print_line(f"the group has failed: {error}")
    questions = asyncio.all_tasks() - {asyncio.current_task()}
    print_line(f"{len(questions)} question(s) are left")

    report_finished(start)


if __name__ == "__main__":
    asyncio.run(main())
