"""The counterpart of 3_3_handed_to_threads.cpp."""

import asyncio
import sys

from examples_2025_03_03_15_36.file_server import file_server
from examples_2025_03_03_15_36.http_get import http_get
from examples_2025_03_03_15_36.print_line import print_line
from examples_2026_11_22_10_00.ticker import tick


def blocking_http_get(url: str) -> bytes:
    """Run on another thread, and keep it until the answer is there."""
    print_line("asking the server")
    return http_get(url)


async def ask(url: str) -> None:
    answer = await asyncio.to_thread(blocking_http_get, f"{url}/answer")
    print_line(f"the answer is {answer.decode()}")


async def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)

    with file_server({"answer": b"42"}, 1.0) as url:
        late, _ = await asyncio.gather(tick(), ask(url))
    print_line(f"the latest tick came {late:.5f} second(s) late")


if __name__ == "__main__":
    asyncio.run(main())
