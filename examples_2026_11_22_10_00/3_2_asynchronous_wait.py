"""The counterpart of 3_2_asynchronous_wait.cpp."""

import asyncio
import sys

from examples_2025_03_03_15_36.file_server import file_server
from examples_2025_03_03_15_36.http_get import async_http_get
from examples_2025_03_03_15_36.print_line import print_line
from examples_2026_11_22_10_00.ticker import tick


async def ask(url: str) -> None:
    print_line("asking the server")
    answer = await async_http_get(f"{url}/answer")
    print_line(f"the answer is {answer.decode()}")


async def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)

    with file_server({"answer": b"42"}, 1.0) as url:
        late, _ = await asyncio.gather(tick(), ask(url))
    print_line(f"the latest tick came {late:.5f} second(s) late")


if __name__ == "__main__":
    asyncio.run(main())
