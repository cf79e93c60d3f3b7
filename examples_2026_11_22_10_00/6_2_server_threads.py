"""The counterpart of 6_2_server_threads.cpp."""

import os
import sys
from http.server import HTTPServer
from socketserver import ThreadingMixIn

from examples_2026_11_22_10_00.http_service import (
    blocking_handler,
    serve_until_asked_to_end,
    service_options,
)


class Server(ThreadingMixIn, HTTPServer):
    daemon_threads = True
    request_queue_size = 1024


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)
    options = service_options()
    server = Server(("127.0.0.1", options.port), blocking_handler(options))
    # The threads wait in calls from which nothing can call them back.
    os._exit(serve_until_asked_to_end(server))


if __name__ == "__main__":
    main()
