"""The counterpart of 7_1_loop_per_thread.cpp."""

import argparse
import asyncio
import importlib
import signal
import socket
import sys
import threading
from collections.abc import Callable

from examples_2025_03_03_15_36.print_line import print_line
from examples_2026_11_22_10_00.http_service import MAX_HEADER_BYTES, service_options
from examples_2026_11_22_10_00.shared_port import shared_port

serve = importlib.import_module("examples_2026_11_22_10_00.6_3_server_coroutines").serve


class Loop:
    """A loop that serves on a socket until it is told to end."""

    def __init__(self, listening: socket.socket, options: argparse.Namespace) -> None:
        self.listening = listening
        self.options = options
        self.runs = threading.Event()

    async def run(self, when_it_runs: Callable[[], None] = lambda: None) -> None:
        await asyncio.start_server(
            lambda reader, writer: serve(reader, writer, self.options),
            sock=self.listening,
            limit=MAX_HEADER_BYTES,
        )
        self.loop = asyncio.get_running_loop()
        self.told = asyncio.Event()
        self.runs.set()
        when_it_runs()
        await self.told.wait()
        # Ends with its loop. Python 3.13 stumbles over Server.close() when a client comes.

    def end(self) -> None:
        self.runs.wait()
        self.loop.call_soon_threadsafe(self.told.set)


def main() -> int:
    options = service_options(has_loops=True)
    loops = [Loop(one, options) for one in shared_port(options.port, options.loops)]
    exit_code = 0

    def end(number: int) -> None:
        nonlocal exit_code
        exit_code = 128 + number
        for loop in loops:
            loop.end()

    def begin() -> None:
        for loop in loops:
            loop.runs.wait()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, end, number)
        print_line(f"listening on port {loops[0].listening.getsockname()[1]}")

    threads = [
        threading.Thread(target=asyncio.run, args=[loop.run()], name=f"loop {number}")
        for number, loop in enumerate(loops[1:], 2)
    ]
    for thread in threads:
        thread.start()
    asyncio.run(loops[0].run(begin))
    for thread in threads:
        thread.join()
    return exit_code


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    sys.exit(main())
