"""The counterpart of 7_2_loop_per_process.cpp."""

import argparse
import asyncio
import importlib
import multiprocessing
import signal
import socket
import sys

from examples_2025_03_03_15_36.print_line import print_line
from examples_2026_11_22_10_00.http_service import MAX_HEADER_BYTES, service_options
from examples_2026_11_22_10_00.shared_port import shared_port

serve = importlib.import_module("examples_2026_11_22_10_00.6_3_server_coroutines").serve
ENDING = {signal.SIGINT, signal.SIGTERM}


async def run_loop(listening: socket.socket, options: argparse.Namespace) -> None:
    server = await asyncio.start_server(
        lambda reader, writer: serve(reader, writer, options),
        sock=listening,
        limit=MAX_HEADER_BYTES,
    )
    await server.serve_forever()


def work(sockets: list[socket.socket], number: int, options: argparse.Namespace) -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
    for other, listening in enumerate(sockets):
        if other != number:
            listening.close()
    asyncio.run(run_loop(sockets[number], options))


def main() -> int:
    options = service_options(has_loops=True)
    signal.pthread_sigmask(signal.SIG_BLOCK, {*ENDING, signal.SIGCHLD})
    sockets = shared_port(options.port, options.loops)
    port = sockets[0].getsockname()[1]

    fork = multiprocessing.get_context("fork")
    workers = [
        fork.Process(
            target=work,
            args=[sockets, number, options],
            name=f"loop {number + 1}",
            daemon=True,  # ended with this one
        )
        for number in range(options.loops)
    ]
    for worker in workers:
        worker.start()
    for listening in sockets:
        listening.close()
    print_line(f"listening on port {port}")

    while workers:
        number = signal.sigwait({*ENDING, signal.SIGCHLD})
        if number in ENDING:
            return 128 + number
        for worker in [worker for worker in workers if not worker.is_alive()]:
            sys.stderr.write(f"{worker.name} has died with exit code {worker.exitcode}\n")
            workers.remove(worker)
    return 1


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    sys.exit(main())
