"""The counterpart of 4_1_time_limit.cpp."""

import asyncio
import sys
import time
from contextlib import contextmanager

import earlier_folders  # noqa: F401
from print_line import print_line
from report_finished import report_finished


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


async def ask_within_limit(server: str, delay: float) -> None:
    try:
        async with asyncio.timeout(1):
            answer = await ask(server, delay)
        print_line(f"the {server} server answers {answer}")
    except TimeoutError:
        print_line(f"the {server} server: no answer within 1 second(s)")
    except RuntimeError as error:
        print_line(f"the {server} server: {error}")


async def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    start = time.perf_counter()

    await ask_within_limit("quick", 0.1)
    await ask_within_limit("slow", 60)
    await ask_within_limit("broken", 0.1)

    report_finished(start)


if __name__ == "__main__":
    asyncio.run(main())
