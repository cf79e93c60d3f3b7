"""The counterpart of 2_3_yielding.cpp."""

import asyncio
import sys
import time

from examples_2025_03_03_15_36.print_line import print_line
from examples_2026_11_22_10_00.ticker import tick


def compute() -> None:
    """Stand in for work that computes: keep the core for ten milliseconds."""
    end = time.monotonic() + 0.01
    while time.monotonic() < end:
        pass


async def work() -> None:
    print_line("the work begins")
    for _ in range(100):
        compute()
        await asyncio.sleep(0)  # lets all others run that can
    print_line("the work is done")


async def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)

    late, _ = await asyncio.gather(tick(), work())
    print_line(f"the latest tick came {late:.5f} second(s) late")


if __name__ == "__main__":
    asyncio.run(main())
