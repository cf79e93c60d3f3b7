"""The counterpart of 6_4_load.cpp."""

import argparse
import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path

from examples_2025_03_03_15_36.print_line import print_line
from examples_2026_11_22_10_00.http_service import BODY

REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


class Usage:
    """What the kernel says of a server and all processes that it has started."""

    def __init__(self, process: int) -> None:
        self.processes = self.threads = self.memory = self.cpu = 0
        self.add(process)

    def add(self, process: int) -> None:
        directory = Path(f"/proc/{process}")
        self.processes += 1
        for line in (directory / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss_Anon:"):
                self.memory += int(line.split()[1]) * 1024
        for task in (directory / "task").iterdir():
            self.threads += 1
            self.cpu += int((task / "schedstat").read_text().split()[0]) / 1e9
            for child in (task / "children").read_text().split():
                self.add(int(child))


class Client:
    """A connection, and how long its answers took."""

    def __init__(self, port: int, times: list[float]) -> None:
        self.port, self.times = port, times

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        await self.ask(1)

    async def ask(self, times: int) -> None:
        for _ in range(times):
            start = time.perf_counter()
            self.writer.write(REQUEST)
            header = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 60)
            body = await self.reader.readexactly(len(BODY))
            if not header.startswith(b"HTTP/1.1 200 ") or body != BODY:
                raise RuntimeError(f"not an answer: {header!r}")
            self.times.append(time.perf_counter() - start)


async def load(port: int, server: int, options: argparse.Namespace) -> int:
    idle = Usage(server)
    start = time.perf_counter()
    times: list[float] = []
    clients = [Client(port, times) for _ in range(options.connections)]
    failures: list[object] = []
    for at in range(0, len(clients), 100):
        opening = (client.open() for client in clients[at : at + 100])
        failures += await asyncio.gather(*opening, return_exceptions=True)
    before = Usage(server)
    print_line(
        f"{len(clients)} connections: the server has {before.processes} process(es) "
        f"with {before.threads} thread(s)"
    )
    memory = max(0, before.memory - idle.memory) / 1000 / len(clients)
    print_line(f"and takes {memory:.1f} kB of memory for each connection")
    opened = len(times)
    asking = (client.ask(options.requests - 1) for client in clients)
    failures += await asyncio.gather(*asking, return_exceptions=True)
    wall = time.perf_counter() - start
    cpu = (Usage(server).cpu - before.cpu) / max(1, len(times) - opened)
    for client in clients:
        client.writer.close()

    errors = sum(failure is not None for failure in failures)
    asked = sorted(times[opened:])
    print_line(
        f"{options.requests * len(clients)} requests: {len(times)} answers, "
        f"{errors} errors, in {wall:.2f} second(s)"
    )
    half, most = (asked[round(share * (len(asked) - 1))] * 1000 for share in (0.5, 0.99))
    print_line(f"half of them within {half:.1f} ms, 99 % within {most:.1f} ms")
    print_line(f"and {cpu * 1e6:.0f} µs of the server's CPU time for each")
    return 1 if errors else 0


def main() -> int:
    sys.stdout.reconfigure(line_buffering=True)
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--connections", type=int, default=100, help="Number of connections (default: 100)"
    )
    parser.add_argument(
        "--requests", type=int, default=5, help="Number of requests of each connection (default: 5)"
    )
    parser.add_argument("server", nargs="+")
    options = parser.parse_args()

    program = f"examples_2026_11_22_10_00.{Path(options.server[0]).stem}"
    command = [sys.executable, "-B", "-m", program, *options.server[1:]]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        line = server.stdout.readline().rstrip("\n")
        print_line(line)
        status = asyncio.run(load(int(line.rpartition(" ")[2]), server.pid, options))
    finally:
        server.send_signal(signal.SIGINT)
        try:
            code = server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()
            code = server.wait()
    print_line(f"the server has ended with exit code {code}")
    return status


if __name__ == "__main__":
    sys.exit(main())
