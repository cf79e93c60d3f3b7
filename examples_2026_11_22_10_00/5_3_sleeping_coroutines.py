"""The counterpart of 5_3_sleeping_coroutines.cpp."""

import asyncio
import sys

from examples_2026_11_22_10_00.sleepers import Sleepers


async def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    sleepers = Sleepers("coroutines")
    woken = 0

    async def sleep(length: float) -> None:
        nonlocal woken
        await asyncio.sleep(length)
        woken += 1

    async with asyncio.TaskGroup() as group:
        for i in range(sleepers.tasks):
            group.create_task(sleep(sleepers.length_of(i)))
        await asyncio.sleep(0)  # each begins, and waits
        sleepers.created(sleepers.tasks - woken)
    sleepers.woken(woken)


if __name__ == "__main__":
    asyncio.run(main())
