"""The counterpart of 3_2_asynchronous_wait.cpp."""

import asyncio
import sys
import urllib.parse

import earlier_folders  # noqa: F401
from file_server import file_server
from print_line import print_line
from ticker import tick


async def async_http_get(url: str) -> bytes:
    parts = urllib.parse.urlsplit(url)
    async with asyncio.timeout(10):
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(f"GET {parts.path} HTTP/1.0\r\nHost: {parts.netloc}\r\n\r\n".encode())
        response = await reader.read()  # up to the end of the connection
        writer.close()
        await writer.wait_closed()
    head, _, body = response.partition(b"\r\n\r\n")
    _, status, reason = head.decode().splitlines()[0].split(maxsplit=2)
    if status != "200":
        raise RuntimeError(f"{url}: {status} {reason}")
    return body


async def ask(url: str) -> None:
    print_line("asking the server")
    answer = await async_http_get(f"{url}/answer")
    print_line(f"the answer is {answer.decode()}")


async def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)

    with file_server({"answer": b"42"}, 1.0) as url:
        late, _ = await asyncio.gather(tick(), ask(url))
    print_line(f"the latest tick came {late:.2f} second(s) late")


if __name__ == "__main__":
    asyncio.run(main())
