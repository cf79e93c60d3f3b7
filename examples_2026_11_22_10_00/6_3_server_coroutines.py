"""The counterpart of 6_3_server_coroutines.cpp."""

import argparse
import asyncio
import signal
import sys
from http import HTTPStatus

from examples_2025_03_03_15_36.print_line import print_line
from examples_2026_11_22_10_00.http_service import (
    BODY,
    MAX_BODY_BYTES,
    MAX_HEADER_BYTES,
    compute,
    service_options,
)


def make_answer(status: int, body: bytes = b"") -> bytes:
    return (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
        f"Content-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


ANSWERS = {status: make_answer(status) for status in (400, 404, 405, 413, 431)}
ANSWERS[200] = make_answer(200, BODY)


async def read_request(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """Read one request: the status to answer with, and whether another one may follow."""
    try:
        header = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError:
        return 431, False
    first, *fields = header.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        return 400, False
    values = {}
    for field in fields[:-2]:
        name, colon, value = field.partition(":")
        if not colon:
            return 400, False
        values[name.lower()] = value.strip()
    length = values.get("content-length", "0")
    if not length.isdecimal():
        return 400, False
    if int(length) > MAX_BODY_BYTES:
        return 413, False
    await reader.readexactly(int(length))
    keep = values.get("connection", "").lower() != "close" and words[2] == "HTTP/1.1"
    if words[0] != "GET":
        return 405, keep
    return (200 if words[1] == "/" else 404), keep


async def serve(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, options: argparse.Namespace
) -> None:
    try:
        keep = True
        while keep:
            async with asyncio.timeout(options.timeout):
                status, keep = await read_request(reader)
            if status == 200:
                compute(options.compute)
                await asyncio.sleep(options.think)
            writer.write(ANSWERS[status])
            await writer.drain()
    except (OSError, asyncio.IncompleteReadError, TimeoutError):
        pass  # the client has gone, or took too long
    finally:
        writer.close()


async def main() -> int:
    options = service_options()
    server = await asyncio.start_server(
        lambda reader, writer: serve(reader, writer, options),
        "127.0.0.1",
        options.port,
        limit=MAX_HEADER_BYTES,
        backlog=1024,
    )
    end = asyncio.get_running_loop().create_future()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end.set_result, number)
    print_line(f"listening on port {server.sockets[0].getsockname()[1]}")
    # Ends with its loop. Python 3.13 stumbles over Server.close() when a client comes.
    return 128 + await end


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    sys.exit(asyncio.run(main()))
