"""The counterpart of 2_1_taking_turns.cpp."""

import asyncio
import sys
from collections.abc import Awaitable, Callable

from examples_2025_03_03_15_36.print_line import print_line


class Shared:
    number = 0


async def in_one_turn(name: str, shared: Shared) -> None:
    for _ in range(2):
        read = shared.number
        print_line(f"{name} reads {read}")
        shared.number = read + 1
        print_line(f"{name} writes {shared.number}")
        await asyncio.sleep(0)  # the other one's turn


async def across_turns(name: str, shared: Shared) -> None:
    for _ in range(2):
        read = shared.number
        print_line(f"{name} reads {read}")
        await asyncio.sleep(0)  # the other one's turn
        shared.number = read + 1
        print_line(f"{name} writes {shared.number}")


async def run_two(add: Callable[[str, Shared], Awaitable[None]]) -> None:
    shared = Shared()
    await asyncio.gather(add("first", shared), add("second", shared))
    print_line(f"the number is {shared.number}")


async def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)

    print_line("Read and write, then let the other one run:")
    await run_two(in_one_turn)
    print_line("Read, let the other one run, then write:")
    await run_two(across_turns)


if __name__ == "__main__":
    asyncio.run(main())
