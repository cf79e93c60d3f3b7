"""A coroutine that shows whether its loop turns."""

import asyncio

from examples_2025_03_03_15_36.print_line import print_line


async def tick() -> float:
    """Print three ticks, one every 0.2 seconds from the start.

    Return how late the latest of them came, in seconds.
    """
    loop = asyncio.get_running_loop()
    start = loop.time()
    latest = 0.0
    for number in range(1, 4):
        due = start + number * 0.2
        await asyncio.sleep(due - loop.time())
        latest = max(latest, loop.time() - due)
        print_line(f"tick {number}")
    return latest
