"""The counterpart of 4_1_timeout.cpp."""

import asyncio
import sys
import time
from contextlib import contextmanager

from examples_2025_03_03_15_36.print_line import print_line
from examples_2025_03_03_15_36.report_finished import report_finished


@contextmanager
def connection(server: str):
    """Say when it is left, however that comes."""
    try:
        yield
    finally:
        print_line(f"the connection to the {server} server is closed")


async def ask(server: str, delay: float) -> int:
    """Stand in for a question over the network."""
    print_line(f"asking the {server} server")
    with connection(server):
        await asyncio.sleep(delay)
        if server == "broken":
            raise RuntimeError("it is out of order")
        return 42


async def ask_within(timeout: float, server: str, delay: float) -> None:
    try:
        async with asyncio.timeout(timeout):
            answer = await ask(server, delay)
        print_line(f"the {server} server answers {answer}")
    except TimeoutError:
        print_line(f"the {server} server: no answer within {timeout} second(s)")
    except RuntimeError as error:
        print_line(f"the {server} server: {error}")


async def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    start = time.perf_counter()

    await ask_within(30, "quick", 0.1)
    await ask_within(1, "slow", 60)
    await ask_within(30, "broken", 0.1)

    report_finished(start)


if __name__ == "__main__":
    asyncio.run(main())
