"""Fetches one file over HTTP."""

import asyncio
import http.client
import io
import urllib.parse
import urllib.request

# Longer than a busy machine takes: it is there for servers that hang.
TIMEOUT = 60

# The server is on this machine: no proxy is asked for the way to it.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def http_get(url: str) -> bytes:
    """Fetch the bytes at ``url``; give up when nothing comes for a minute."""
    with _opener.open(url, timeout=TIMEOUT) as response:
        return response.read()


async def async_http_get(url: str) -> bytes:
    """Fetch the bytes at ``url``; give up when it is not there after a minute.

    ``asyncio`` has connections, but no HTTP: it is written here, as far as it is needed.
    """
    parts = urllib.parse.urlsplit(url)
    async with asyncio.timeout(TIMEOUT):
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            request = f"GET {parts.path} HTTP/1.0\r\nHost: {parts.netloc}\r\n\r\n"
            writer.write(request.encode())
            status = (await reader.readline()).decode("latin-1").rstrip()
            if status.split(" ")[1:2] != ["200"]:
                raise RuntimeError(f"{url}: {status}")
            head = http.client.parse_headers(io.BytesIO(await reader.readuntil(b"\r\n\r\n")))
            return await reader.readexactly(int(head["Content-Length"]))
        finally:
            writer.close()
