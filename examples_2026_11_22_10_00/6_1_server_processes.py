"""The counterpart of 6_1_server_processes.cpp."""

import os
import signal
import sys
from http.server import HTTPServer
from socketserver import ForkingMixIn

from examples_2026_11_22_10_00.http_service import (
    blocking_handler,
    serve_until_asked_to_end,
    service_options,
)


class Server(ForkingMixIn, HTTPServer):
    max_children = 100_000
    request_queue_size = 1024


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    options = service_options()
    server = Server(("127.0.0.1", options.port), blocking_handler(options))
    exit_code = serve_until_asked_to_end(server)
    for child in server.active_children or ():
        os.kill(child, signal.SIGKILL)
    server.server_close()  # waits for the children
    sys.exit(exit_code)


if __name__ == "__main__":
    main()
